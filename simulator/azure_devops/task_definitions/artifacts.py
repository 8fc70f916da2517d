"""The tasks that publish and download artifacts.

Source: task.json of microsoft/azure-pipelines-tasks; `shared/reference/azure-devops.md` appendix H.
"""

from __future__ import annotations

from simulator.azure_devops.task_definitions.definition import Task, TaskInput, flag

_FROM_RUN = (("buildType", "specific"), ("source", "specific"))

TASKS: tuple[Task, ...] = (
    Task(
        "Download",
        1,
        "30f35852-3f7e-4c0c-9a88-e127b4f97211",
        (
            TaskInput("alias", required=True, default="current"),
            TaskInput("artifact"),
            TaskInput("patterns", default="**"),
            TaskInput("tags"),
            TaskInput("path"),
        ),
        "Download artifacts",
        keyword="download",
        named=False,
    ),
    Task(
        "PublishPipelineArtifact",
        1,
        "ecdc45f6-832d-4ad9-b52b-ee49e94659be",
        (
            TaskInput("path", required=True, default="$(Pipeline.Workspace)", aliases=("targetPath",)),
            TaskInput("artifactName", aliases=("artifact",)),
            TaskInput(
                "artifactType",
                required=True,
                default="pipeline",
                options=("pipeline", "filepath"),
                aliases=("publishLocation",),
            ),
            TaskInput("fileSharePath", required=True, only_if=(("artifactType", "filepath"),)),
            flag("parallel"),
            TaskInput("parallelCount", default="8"),
            TaskInput("properties"),
        ),
        "Publish Pipeline Artifacts",
        keyword="publish",
    ),
    Task(
        "DownloadPipelineArtifact",
        1,
        "61f2a582-95ae-4948-b34d-a1b3c4f6a737",
        (
            TaskInput("buildType", required=True, default="current", options=("current", "specific")),
            TaskInput("project", required=True, only_if=(("buildType", "specific"),)),
            TaskInput(
                "definition", required=True, only_if=(("buildType", "specific"),), aliases=("pipeline",)
            ),
            TaskInput("artifactName"),
            TaskInput("itemPattern", default="**"),
            TaskInput("targetPath", required=True, default="$(System.ArtifactsDirectory)"),
        ),
        "Download Pipeline Artifact",
    ),
    Task(
        "DownloadPipelineArtifact",
        2,
        "61f2a582-95ae-4948-b34d-a1b3c4f6a737",
        (
            TaskInput(
                "source",
                required=True,
                default="current",
                options=("current", "specific"),
                aliases=("buildType",),
            ),
            TaskInput("project", required=True, only_if=_FROM_RUN),
            TaskInput("pipeline", required=True, only_if=_FROM_RUN, aliases=("definition",)),
            flag("preferTriggeringPipeline"),
            TaskInput("runVersion", default="latest", aliases=("buildVersionToDownload",)),
            TaskInput("runBranch", default="refs/heads/master", aliases=("branchName",)),
            TaskInput(
                "runId",
                required=True,
                only_if=(("runVersion", "specific"),),
                aliases=("pipelineId", "buildId"),
            ),
            TaskInput("tags"),
            flag("allowPartiallySucceededBuilds"),
            flag("allowFailedBuilds"),
            TaskInput("artifact", aliases=("artifactName",)),
            TaskInput("patterns", default="**", aliases=("itemPattern",)),
            TaskInput(
                "path",
                required=True,
                default="$(Pipeline.Workspace)",
                aliases=("targetPath", "downloadPath"),
            ),
        ),
        "Download Pipeline Artifacts",
    ),
)
