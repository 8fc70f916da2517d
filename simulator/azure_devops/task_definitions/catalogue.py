"""The tasks a step may name, with their inputs: a table of facts.

Source: task.json of aws/aws-toolkit-azure-devops (v1.23.0) and microsoft/azure-pipelines-tasks, as listed in
`shared/reference/azure-devops.md` appendices G and H. To add a task: one entry here, its execution beside this file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_FLAG = ("true", "false")


@dataclass(frozen=True)
class TaskInput:
    """One input. `only_if` lists (input, value) pairs of which one must hold for it to apply; `connection` is the type
    of service connection it names."""

    name: str
    required: bool = False
    default: str = ""
    options: tuple[str, ...] = ()
    only_if: tuple[tuple[str, str], ...] = ()
    aliases: tuple[str, ...] = ()
    connection: str = ""


@dataclass(frozen=True)
class Task:
    """A task by name and major version.

    `keyword`: the step keyword it serves. Without `named` the service knows it by its id only, and the name is ours.
    """

    name: str
    version: int
    id: str
    inputs: tuple[TaskInput, ...]
    display_name: str = ""
    keyword: str = ""
    named: bool = True

    @property
    def reference(self) -> str:
        """As a step writes it."""
        return f"{self.name}@{self.version}"


def find_task(name: str, version: int) -> Task | None:
    """The task by name (case does not matter), by `publisher.extension.contribution.name`, or by id."""
    wanted = name.rpartition(".")[2].lower()
    fits = (task for task in TASKS if task.version == version)
    return next(
        (task for task in fits if wanted == task.id or (task.named and wanted == task.name.lower())), None
    )


def keyword_task(keyword: str) -> Task:
    """The task behind a step keyword: `script`, `bash`, `powershell`, `checkout`, `download` or `publish`."""
    return next(task for task in TASKS if task.keyword == keyword)


def canonical_inputs(task: Task, inputs: Mapping[str, str]) -> dict[str, str]:
    """The inputs under their own names (aliases and case resolved), defaults filled in."""
    names = {alias.lower(): each.name for each in task.inputs for alias in (each.name, *each.aliases)}
    given = {names.get(name.lower(), name): value for name, value in inputs.items()}
    defaults = {each.name: each.default for each in task.inputs if each.default}
    return {**defaults, **given}


def _flag(name: str, default: str = "false", **more: tuple[tuple[str, str], ...]) -> TaskInput:
    return TaskInput(name, default=default, options=_FLAG, **more)  # type: ignore[arg-type]


_AWS = (TaskInput("awsCredentials", connection="AWS"), TaskInput("regionName"))
_LOGGING = (_flag("logRequest"), _flag("logResponse"))
_FROM_RUN = (("buildType", "specific"), ("source", "specific"))

TASKS: tuple[Task, ...] = (
    Task(
        "CmdLine",
        2,
        "d9bafed4-0b18-4f58-968d-86655b4d2ce9",
        (TaskInput("script", required=True), TaskInput("workingDirectory"), _flag("failOnStderr")),
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
            _flag("failOnStderr"),
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
            _flag("failOnStderr"),
            _flag("showWarnings"),
            _flag("ignoreLASTEXITCODE"),
            _flag("pwsh"),
            TaskInput("workingDirectory"),
            _flag("runScriptInSeparateScope"),
        ),
        "PowerShell",
        keyword="powershell",
    ),
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
            _flag("parallel"),
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
            _flag("preferTriggeringPipeline"),
            TaskInput("runVersion", default="latest", aliases=("buildVersionToDownload",)),
            TaskInput("runBranch", default="refs/heads/master", aliases=("branchName",)),
            TaskInput(
                "runId",
                required=True,
                only_if=(("runVersion", "specific"),),
                aliases=("pipelineId", "buildId"),
            ),
            TaskInput("tags"),
            _flag("allowPartiallySucceededBuilds"),
            _flag("allowFailedBuilds"),
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
            _flag("mergeTestResults"),
            _flag("failTaskOnFailedTests"),
            _flag("failTaskOnFailureToPublishResults"),
            _flag("failTaskOnMissingResultsFile"),
            TaskInput("testRunTitle"),
            TaskInput("platform", aliases=("buildPlatform",)),
            TaskInput("configuration", aliases=("buildConfiguration",)),
            _flag("publishRunAttachments", "true"),
        ),
        "Publish Test Results",
    ),
    Task(
        "UsePythonVersion",
        0,
        "33c63b11-352b-45a2-ba1b-54cb568a29ca",
        (
            TaskInput("versionSpec", required=True, default="3.x"),
            _flag("disableDownloadFromRegistry"),
            _flag("allowUnstable"),
            TaskInput("githubToken"),
            _flag("addToPath", "true"),
            TaskInput("architecture", required=True, default="x64", options=("x86", "x64", "arm64")),
        ),
        "Use Python version",
    ),
    Task(
        "AWSShellScript",
        1,
        "3aea39d2-803c-43c7-b8d6-8e71b670f816",
        (
            *_AWS,
            TaskInput("arguments"),
            TaskInput("scriptType", required=True, default="filePath", options=("filePath", "inline")),
            TaskInput("filePath", required=True, only_if=(("scriptType", "filePath"),)),
            TaskInput("inlineScript", required=True, only_if=(("scriptType", "inline"),)),
            _flag("disableAutoCwd"),
            TaskInput("workingDirectory"),
            _flag("failOnStandardError"),
        ),
        "AWS Shell Script",
    ),
    Task(
        "AWSCLI",
        1,
        "081ccf10-2f14-48dd-9bd0-892b8975d24f",
        (
            *_AWS,
            TaskInput("awsCommand", required=True),
            TaskInput("awsSubCommand"),
            TaskInput("awsArguments"),
            _flag("failOnStandardError"),
        ),
        "AWS CLI",
    ),
    Task(
        "CloudFormationCreateOrUpdateStack",
        1,
        "7ef7cdfa-aa45-42c5-93c8-d7603643dd99",
        (
            *_AWS,
            TaskInput("stackName", required=True),
            TaskInput(
                "templateSource",
                required=True,
                default="file",
                options=("file", "url", "s3", "usePrevious"),
            ),
            TaskInput("templateFile", required=True, only_if=(("templateSource", "file"),)),
            TaskInput("s3BucketName"),
            TaskInput("s3ObjectKey", required=True, only_if=(("templateSource", "s3"),)),
            TaskInput("templateUrl", required=True, only_if=(("templateSource", "url"),)),
            TaskInput("templateParametersSource", default="file", options=("file", "inline")),
            TaskInput("templateParametersFile"),
            TaskInput("templateParameters"),
            _flag("useChangeSet"),
            TaskInput("changeSetName", required=True, only_if=(("useChangeSet", "true"),)),
            TaskInput("description"),
            _flag("includeNestedStacks"),
            _flag("autoExecuteChangeSet", "true"),
            _flag("capabilityIAM", "true"),
            _flag("capabilityNamedIAM", "true"),
            _flag("capabilityAutoExpand"),
            TaskInput("roleARN"),
            TaskInput("resourceTypes"),
            TaskInput("notificationARNs"),
            TaskInput("tags"),
            _flag("monitorRollbackTriggers"),
            TaskInput("monitoringTimeInMinutes", default="0"),
            TaskInput("rollbackTriggerARNs"),
            TaskInput("onFailure", default="ROLLBACK", options=("DO_NOTHING", "ROLLBACK", "DELETE")),
            _flag("disableRollback"),
            _flag("warnWhenNoWorkNeeded", "true"),
            TaskInput("outputVariable"),
            TaskInput(
                "captureStackOutputs",
                default="ignore",
                options=("ignore", "asVariables", "asJSON"),
            ),
            _flag("captureAsSecuredVars", "true"),
            TaskInput("timeoutInMins", default="60"),
            *_LOGGING,
        ),
        "AWS CloudFormation Create/Update Stack",
    ),
)
