"""The tasks that publish test results and code coverage.

Source: task.json of microsoft/azure-pipelines-tasks; `shared/reference/azure-devops.md` appendix H.
"""

from __future__ import annotations

from simulator.azure_devops.task_definitions.definition import Task, TaskInput, flag

TASKS: tuple[Task, ...] = (
    Task(
        "PublishTestResults",
        2,
        "0b0f01ed-7dde-43ff-9cbb-e48954daf9b1",
        (
            TaskInput(
                "testRunner",
                required=True,
                default="JUnit",
                options=("JUnit", "NUnit", "VSTest", "XUnit", "CTest"),
                aliases=("testResultsFormat",),
            ),
            TaskInput("testResultsFiles", required=True, default="**/TEST-*.xml"),
            TaskInput("searchFolder", default="$(System.DefaultWorkingDirectory)"),
            flag("mergeTestResults"),
            flag("failTaskOnFailedTests"),
            flag("failTaskOnFailureToPublishResults"),
            flag("failTaskOnMissingResultsFile"),
            TaskInput("testRunTitle"),
            TaskInput("platform", aliases=("buildPlatform",)),
            TaskInput("configuration", aliases=("buildConfiguration",)),
            flag("publishRunAttachments", "true"),
        ),
        "Publish Test Results",
    ),
)
