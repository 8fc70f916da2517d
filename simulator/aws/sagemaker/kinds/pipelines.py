"""Kinds of pipelines: definitions and their executions."""

from __future__ import annotations

from simulator.aws.sagemaker.kinds.kind import TIMES, Kind
from simulator.kernel.lifecycle import Lifecycle

PIPELINE = Kind(
    "Pipeline", "pipeline", "PipelineSummaries",
    ("PipelineArn", "PipelineName", "PipelineDisplayName", "PipelineDescription", "RoleArn", *TIMES,
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
        "Failed": ("Executing",), "Stopped": ("Executing",),
    }),
    frozenset({"Executing", "Stopping"}),
    missing=("ResourceNotFound", "Pipeline execution with ARN {arn} does not exist."), nested=True,
)  # fmt: skip
