"""Kinds that watch: job definitions, schedules and their executions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from simulator.aws.sagemaker.kinds.kind import TIMES, Kind, Row
from simulator.kernel.lifecycle import Lifecycle

DATA_QUALITY_JOB_DEFINITION = Kind(
    "DataQualityJobDefinition", "data-quality-job-definition", "JobDefinitionSummaries",
    ("MonitoringJobDefinitionName", "MonitoringJobDefinitionArn", "CreationTime", "EndpointName"),
    missing=("ResourceNotFound", "Job Definition {arn} not found"),
    taken=("ResourceInUse", "Job Definition already exists: {arn}"), stem="JobDefinition",
)  # fmt: skip


def _watched(member: str) -> Callable[[Row], Row]:
    """The endpoint that a definition watches, for its list."""

    def endpoint(request: Row) -> Row:
        name = request[member].get("EndpointInput", {}).get("EndpointName")
        return {"EndpointName": name} if name else {}

    return endpoint


MODEL_QUALITY_JOB_DEFINITION = replace(
    DATA_QUALITY_JOB_DEFINITION, name="ModelQualityJobDefinition", arn="model-quality-job-definition",
    first=_watched("ModelQualityJobInput"),
)  # fmt: skip
MODEL_BIAS_JOB_DEFINITION = replace(
    DATA_QUALITY_JOB_DEFINITION, name="ModelBiasJobDefinition", arn="model-bias-job-definition",
    first=_watched("ModelBiasJobInput"),
)  # fmt: skip
MODEL_EXPLAINABILITY_JOB_DEFINITION = replace(
    DATA_QUALITY_JOB_DEFINITION, name="ModelExplainabilityJobDefinition",
    arn="model-explainability-job-definition", first=_watched("ModelExplainabilityJobInput"),
)  # fmt: skip
MONITORING_SCHEDULE = Kind(
    "MonitoringSchedule", "monitoring-schedule", "MonitoringScheduleSummaries",
    ("MonitoringScheduleName", "MonitoringScheduleArn", *TIMES, "MonitoringScheduleStatus", "EndpointName",
     "MonitoringJobDefinitionName", "MonitoringType"),
    Lifecycle("MonitoringSchedule", "Scheduled", {
        "Scheduled": ("Stopped", "Failed"), "Stopped": ("Scheduled",), "Failed": ("Scheduled",),
    }),
    missing=("ResourceNotFound", "Monitoring Schedule {arn} not found"),
    taken=("ResourceInUse", "Monitoring Schedule with name {name} already exists ({arn})"),
)  # fmt: skip
MONITORING_EXECUTION = Kind(
    "MonitoringExecution", "monitoring-execution", "MonitoringExecutionSummaries",
    ("MonitoringScheduleName", "ScheduledTime", *TIMES, "MonitoringExecutionStatus", "ProcessingJobArn",
     "EndpointName", "FailureReason", "MonitoringJobDefinitionName", "MonitoringType"),
    Lifecycle("MonitoringExecution", "Pending", {
        "Pending": ("InProgress", "Failed"),
        "InProgress": ("Completed", "CompletedWithViolations", "Failed", "Stopped"),
    }),
    frozenset({"Pending", "InProgress"}),
)  # fmt: skip
