"""The tasks that run scripts: CmdLine, Bash, PowerShell, PythonScript.

Source: task.json of microsoft/azure-pipelines-tasks; `shared/reference/azure-devops.md` appendix H.
"""

from __future__ import annotations

from simulator.azure_devops.task_definitions.definition import Task, TaskInput, flag

TASKS: tuple[Task, ...] = (
    Task(
        "CmdLine",
        2,
        "d9bafed4-0b18-4f58-968d-86655b4d2ce9",
        (TaskInput("script", required=True), TaskInput("workingDirectory"), flag("failOnStderr")),
        "Command line",
        keyword="script",
    ),
    Task(
        "Bash",
        3,
        "6c731c3c-3c68-459a-a5c9-bde6e6595b5b",
        (
            TaskInput("targetType", default="filePath", options=("filePath", "inline")),
            TaskInput("filePath", required=True, only_if=(("targetType", "filePath"),)),
            TaskInput("arguments"),
            TaskInput("script", required=True, only_if=(("targetType", "inline"),)),
            TaskInput("workingDirectory"),
            flag("failOnStderr"),
            TaskInput("bashEnvValue"),
        ),
        "Bash",
        keyword="bash",
    ),
    Task(
        "PowerShell",
        2,
        "e213ff0f-5d5c-4791-802d-52ea3e7be1f1",
        (
            TaskInput("targetType", default="filePath", options=("filePath", "inline")),
            TaskInput("filePath", required=True, only_if=(("targetType", "filePath"),)),
            TaskInput("arguments"),
            TaskInput("script", required=True, only_if=(("targetType", "inline"),)),
            TaskInput("errorActionPreference", default="stop"),
            TaskInput("warningPreference", default="default"),
            TaskInput("informationPreference", default="default"),
            TaskInput("verbosePreference", default="default"),
            TaskInput("debugPreference", default="default"),
            TaskInput("progressPreference", default="silentlyContinue"),
            flag("failOnStderr"),
            flag("showWarnings"),
            flag("ignoreLASTEXITCODE"),
            flag("pwsh"),
            TaskInput("workingDirectory"),
            flag("runScriptInSeparateScope"),
        ),
        "PowerShell",
        keyword="powershell",
    ),
)
