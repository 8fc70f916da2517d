"""The tasks that put a version of a tool on PATH.

Source: task.json of microsoft/azure-pipelines-tasks; `shared/reference/azure-devops.md` appendix H.
"""

from __future__ import annotations

from simulator.azure_devops.task_definitions.definition import Task, TaskInput, flag

TASKS: tuple[Task, ...] = (
    Task(
        "UsePythonVersion",
        0,
        "33c63b11-352b-45a2-ba1b-54cb568a29ca",
        (
            TaskInput("versionSpec", required=True, default="3.x"),
            flag("disableDownloadFromRegistry"),
            flag("allowUnstable"),
            TaskInput("githubToken"),
            flag("addToPath", "true"),
            TaskInput("architecture", required=True, default="x64", options=("x86", "x64", "arm64")),
        ),
        "Use Python version",
    ),
)
