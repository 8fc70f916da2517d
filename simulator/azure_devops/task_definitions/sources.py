"""The task behind `checkout`.

Source: task.json of microsoft/azure-pipelines-tasks; `shared/reference/azure-devops.md` appendix H.
"""

from __future__ import annotations

from simulator.azure_devops.task_definitions.definition import Task, TaskInput

TASKS: tuple[Task, ...] = (
    Task(
        "Checkout",
        1,
        "6d15af64-176c-496d-b583-fd2ae21d4df4",
        (
            TaskInput("repository", required=True, default="self"),
            TaskInput("clean"),
            TaskInput("fetchDepth"),
            TaskInput("fetchFilter"),
            TaskInput("fetchTags"),
            TaskInput("lfs"),
            TaskInput("persistCredentials"),
            TaskInput("submodules"),
            TaskInput("path"),
            TaskInput("sparseCheckoutDirectories"),
            TaskInput("sparseCheckoutPatterns"),
            TaskInput("workspaceRepo"),
        ),
        "Get sources",
        keyword="checkout",
        named=False,
    ),
)
