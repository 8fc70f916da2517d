"""The tasks of the AWS toolkit.

Source: task.json of aws/aws-toolkit-azure-devops (v1.23.0); `shared/reference/azure-devops.md` appendix G.
"""

from __future__ import annotations

from simulator.azure_devops.task_definitions.definition import Task, TaskInput, flag

_CONNECTION = (TaskInput("awsCredentials", connection="AWS"), TaskInput("regionName"))
_LOGGING = (flag("logRequest"), flag("logResponse"))

TASKS: tuple[Task, ...] = (
    Task(
        "AWSShellScript",
        1,
        "3aea39d2-803c-43c7-b8d6-8e71b670f816",
        (
            *_CONNECTION,
            TaskInput("arguments"),
            TaskInput("scriptType", required=True, default="filePath", options=("filePath", "inline")),
            TaskInput("filePath", required=True, visible="scriptType = filePath"),
            TaskInput("inlineScript", required=True, visible="scriptType = inline"),
            flag("disableAutoCwd"),
            TaskInput("workingDirectory"),
            flag("failOnStandardError"),
        ),
        "AWS Shell Script",
    ),
    Task(
        "AWSCLI",
        1,
        "081ccf10-2f14-48dd-9bd0-892b8975d24f",
        (
            *_CONNECTION,
            TaskInput("awsCommand", required=True),
            TaskInput("awsSubCommand"),
            TaskInput("awsArguments"),
            flag("failOnStandardError"),
        ),
        "AWS CLI",
    ),
    Task(
        "CloudFormationCreateOrUpdateStack",
        1,
        "7ef7cdfa-aa45-42c5-93c8-d7603643dd99",
        (
            *_CONNECTION,
            TaskInput("stackName", required=True),
            TaskInput(
                "templateSource",
                required=True,
                default="file",
                options=("file", "url", "s3", "usePrevious"),
            ),
            TaskInput("templateFile", required=True, visible="templateSource = file"),
            TaskInput("s3BucketName"),
            TaskInput("s3ObjectKey", required=True, visible="templateSource = s3"),
            TaskInput("templateUrl", required=True, visible="templateSource = url"),
            TaskInput("templateParametersSource", default="file", options=("file", "inline")),
            TaskInput("templateParametersFile"),
            TaskInput("templateParameters"),
            flag("useChangeSet"),
            TaskInput("changeSetName", required=True, visible="useChangeSet = true"),
            TaskInput("description"),
            flag("includeNestedStacks"),
            flag("autoExecuteChangeSet", "true"),
            flag("capabilityIAM", "true"),
            flag("capabilityNamedIAM", "true"),
            flag("capabilityAutoExpand"),
            TaskInput("roleARN"),
            TaskInput("resourceTypes"),
            TaskInput("notificationARNs"),
            TaskInput("tags"),
            flag("monitorRollbackTriggers"),
            TaskInput("monitoringTimeInMinutes", default="0"),
            TaskInput("rollbackTriggerARNs"),
            TaskInput("onFailure", default="ROLLBACK", options=("DO_NOTHING", "ROLLBACK", "DELETE")),
            flag("disableRollback"),
            flag("warnWhenNoWorkNeeded", "true"),
            TaskInput("outputVariable"),
            TaskInput(
                "captureStackOutputs",
                default="ignore",
                options=("ignore", "asVariables", "asJSON"),
            ),
            flag("captureAsSecuredVars", "true"),
            TaskInput("timeoutInMins", default="60"),
            *_LOGGING,
        ),
        "AWS CloudFormation Create/Update Stack",
    ),
)
