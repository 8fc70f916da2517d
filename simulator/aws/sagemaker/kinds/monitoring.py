"""Kinds that watch: job definitions, schedules and their executions."""

from __future__ import annotations

from simulator.aws.sagemaker.kinds.kind import TIMES, Kind
from simulator.kernel.lifecycle import Lifecycle

DATA_QUALITY_JOB_DEFINITION = Kind(
    "DataQualityJobDefinition", "data-quality-job-definition", "JobDefinitionSummaries",
    ("MonitoringJobDefinitionName", "MonitoringJobDefinitionArn", "CreationTime", "EndpointName"),
    missing=("ResourceNotFound", "Job Definition {arn} not found"),
    taken=("ResourceInUse", "Job Definition already exists: {arn}"), stem="JobDefinition",
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
