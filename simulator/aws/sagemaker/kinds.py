"""What kinds of resource SageMaker has here: their members, ARNs, lifecycles, texts and lists, as one table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from simulator.kernel.lifecycle import Lifecycle

Row = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """One kind of resource. `name` is the stem of its members (`TrainingJob` -> TrainingJobName, ...Arn, ...Status).

    `arn` is the ARN's resource type; `list_member` and `summary` shape the List answer; `missing` and `taken` are
    AWS's error codes and texts, with {name} and {arn}; `in_progress` are the states in which a Describe may be held.
    """

    name: str
    arn: str
    list_member: str
    summary: tuple[str, ...]
    lifecycle: Lifecycle | None = None
    in_progress: frozenset[str] = frozenset()
    missing: tuple[str, str] = ("ValidationException", "Requested resource not found.")
    taken: tuple[str, str] = ("ValidationException", 'Cannot create already existing {noun} "{arn}".')
    noun: str = ""
    plural: str = ""
    sort: str = "CreationTime"
    order: str = "Descending"
    stem: str = ""

    @property
    def row(self) -> str:
        """The row kind in the store."""
        return "sagemaker." + re.sub(r"(?<=[a-z])(?=[A-Z])", "_", self.name).lower()

    @property
    def name_member(self) -> str:
        """`TrainingJobName`."""
        return f"{self.stem or self.name}Name"

    @property
    def arn_member(self) -> str:
        """`TrainingJobArn`."""
        return f"{self.stem or self.name}Arn"

    @property
    def status_member(self) -> str:
        """`TrainingJobStatus`."""
        return f"{self.stem or self.name}Status"

    @property
    def fact(self) -> str:
        """The kind of the fact that a change of state is."""
        return f"{self.name}StateChanged"


def _job(name: str) -> Lifecycle:
    """The lifecycle that SageMaker's jobs share (botocore: TrainingJobStatus, ProcessingJobStatus, ...)."""
    ends = ("Completed", "Failed", "Stopped")
    return Lifecycle(name, "InProgress", {"InProgress": ("Stopping", *ends), "Stopping": ends})


_JOB_TAKEN = (
    "ResourceInUse",
    "Job name must be unique within an AWS account and region, and a job with this name already exists ({arn})",
)
_JOB_MISSING = ("ValidationException", "Could not find requested job with name: {name}")
_TIMES = ("CreationTime", "LastModifiedTime")
_RUNNING = frozenset({"InProgress", "Stopping"})

TRAINING_JOB = Kind(
    "TrainingJob", "training-job", "TrainingJobSummaries",
    ("TrainingJobName", "TrainingJobArn", *_TIMES, "TrainingEndTime", "TrainingJobStatus", "SecondaryStatus"),
    _job("TrainingJob"), _RUNNING, taken=_JOB_TAKEN,
)  # fmt: skip
PROCESSING_JOB = Kind(
    "ProcessingJob", "processing-job", "ProcessingJobSummaries",
    ("ProcessingJobName", "ProcessingJobArn", *_TIMES, "ProcessingEndTime", "ProcessingJobStatus",
     "FailureReason", "ExitMessage"),
    _job("ProcessingJob"), _RUNNING, _JOB_MISSING, _JOB_TAKEN,
)  # fmt: skip
TRANSFORM_JOB = Kind(
    "TransformJob", "transform-job", "TransformJobSummaries",
    ("TransformJobName", "TransformJobArn", *_TIMES, "TransformEndTime", "TransformJobStatus", "FailureReason"),
    _job("TransformJob"), _RUNNING, _JOB_MISSING, _JOB_TAKEN,
)  # fmt: skip
MODEL = Kind(
    "Model", "model", "Models", ("ModelName", "ModelArn", "CreationTime"),
    missing=("ValidationException", 'Could not find model "{arn}".'), noun="model",
)  # fmt: skip
ENDPOINT_CONFIG = Kind(
    "EndpointConfig", "endpoint-config", "EndpointConfigs",
    ("EndpointConfigName", "EndpointConfigArn", "CreationTime"),
    missing=("ValidationException", 'Could not find endpoint configuration "{arn}".'),
    noun="endpoint configuration",
)  # fmt: skip
ENDPOINT = Kind(
    "Endpoint", "endpoint", "Endpoints", ("EndpointName", "EndpointArn", *_TIMES, "EndpointStatus"),
    Lifecycle("Endpoint", "Creating", {
        "Creating": ("InService", "Failed", "Deleting"),
        "InService": ("Updating", "Deleting"),
        "Updating": ("InService", "RollingBack", "Failed", "Deleting"),
        "RollingBack": ("InService", "UpdateRollbackFailed", "Deleting"),
        "Failed": ("Deleting",),
        "UpdateRollbackFailed": ("Deleting",),
    }),
    frozenset({"Creating", "Updating", "RollingBack", "Deleting"}),
    missing=("ValidationException", 'Could not find endpoint "{arn}".'), noun="endpoint",
)  # fmt: skip
PIPELINE = Kind(
    "Pipeline", "pipeline", "PipelineSummaries",
    ("PipelineArn", "PipelineName", "PipelineDisplayName", "PipelineDescription", "RoleArn", *_TIMES,
     "LastExecutionTime"),
    Lifecycle("Pipeline", "Active", {"Active": ("Deleting",)}),
    missing=("ResourceNotFound", "Pipeline '{arn}' does not exist."),
    taken=("ValidationException",
           ("Pipeline names must be unique within an AWS account and region. "
            "Pipeline with name ({name}) already exists.")),
)  # fmt: skip
PIPELINE_EXECUTION = Kind(
    "PipelineExecution", "pipeline", "PipelineExecutionSummaries",
    ("PipelineExecutionArn", "StartTime", "PipelineExecutionStatus", "PipelineExecutionDescription",
     "PipelineExecutionDisplayName", "PipelineExecutionFailureReason"),
    Lifecycle("PipelineExecution", "Executing", {
        "Executing": ("Stopping", "Failed", "Succeeded"), "Stopping": ("Stopped", "Failed"),
    }),
    frozenset({"Executing", "Stopping"}),
    missing=("ResourceNotFound", "Pipeline execution with ARN {arn} does not exist."),
)  # fmt: skip
MODEL_PACKAGE_GROUP = Kind(
    "ModelPackageGroup", "model-package-group", "ModelPackageGroupSummaryList",
    ("ModelPackageGroupName", "ModelPackageGroupArn", "ModelPackageGroupDescription", "CreationTime",
     "ModelPackageGroupStatus"),
    Lifecycle("ModelPackageGroup", "Completed", {"Completed": ("Deleting",)}),
    missing=("ValidationException", "ModelPackageGroup {arn} does not exist."),
    taken=("ValidationException", "Model Package Group already exists: {arn}"),
)  # fmt: skip
MODEL_PACKAGE = Kind(
    "ModelPackage", "model-package", "ModelPackageSummaryList",
    ("ModelPackageName", "ModelPackageGroupName", "ModelPackageVersion", "ModelPackageArn",
     "ModelPackageDescription", "CreationTime", "ModelPackageStatus", "ModelApprovalStatus"),
    Lifecycle("ModelPackage", "Completed", {"Completed": ("Deleting",)}),
    missing=("ValidationException", "ModelPackage {arn} does not exist."),
    taken=("ValidationException", "Model Package already exists: {arn}"),
)  # fmt: skip
DATA_QUALITY_JOB_DEFINITION = Kind(
    "DataQualityJobDefinition", "data-quality-job-definition", "JobDefinitionSummaries",
    ("MonitoringJobDefinitionName", "MonitoringJobDefinitionArn", "CreationTime", "EndpointName"),
    missing=("ResourceNotFound", "Job Definition {arn} not found"),
    taken=("ResourceInUse", "Job Definition already exists: {arn}"), stem="JobDefinition",
)  # fmt: skip
MONITORING_SCHEDULE = Kind(
    "MonitoringSchedule", "monitoring-schedule", "MonitoringScheduleSummaries",
    ("MonitoringScheduleName", "MonitoringScheduleArn", *_TIMES, "MonitoringScheduleStatus", "EndpointName",
     "MonitoringJobDefinitionName", "MonitoringType"),
    Lifecycle("MonitoringSchedule", "Scheduled", {
        "Scheduled": ("Stopped", "Failed"), "Stopped": ("Scheduled",), "Failed": ("Scheduled",),
    }),
    missing=("ResourceNotFound", "Monitoring Schedule {arn} not found"),
    taken=("ResourceInUse", "Monitoring Schedule with name {name} already exists ({arn})"),
)  # fmt: skip
MONITORING_EXECUTION = Kind(
    "MonitoringExecution", "monitoring-execution", "MonitoringExecutionSummaries",
    ("MonitoringScheduleName", "ScheduledTime", *_TIMES, "MonitoringExecutionStatus", "ProcessingJobArn",
     "EndpointName", "FailureReason", "MonitoringJobDefinitionName", "MonitoringType"),
    Lifecycle("MonitoringExecution", "Pending", {
        "Pending": ("InProgress", "Failed"),
        "InProgress": ("Completed", "CompletedWithViolations", "Failed", "Stopped"),
    }),
    frozenset({"Pending", "InProgress"}),
)  # fmt: skip

TABLE: tuple[Kind, ...] = (
    TRAINING_JOB, PROCESSING_JOB, TRANSFORM_JOB, MODEL, ENDPOINT_CONFIG, ENDPOINT, PIPELINE, PIPELINE_EXECUTION,
    MODEL_PACKAGE_GROUP, MODEL_PACKAGE, DATA_QUALITY_JOB_DEFINITION, MONITORING_SCHEDULE,
    MONITORING_EXECUTION,
)  # fmt: skip
