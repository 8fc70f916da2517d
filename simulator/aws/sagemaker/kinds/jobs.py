"""Kinds of jobs: training, processing, transform."""

from __future__ import annotations

from simulator.aws.sagemaker.kinds.kind import TIMES, Kind
from simulator.kernel.lifecycle import Lifecycle


def job_lifecycle(name: str) -> Lifecycle:
    """The lifecycle that SageMaker's jobs share (botocore: TrainingJobStatus, ProcessingJobStatus, ...)."""
    ends = ("Completed", "Failed", "Stopped")
    return Lifecycle(name, "InProgress", {"InProgress": ("Stopping", *ends), "Stopping": ends})


JOB_TAKEN = (
    "ResourceInUse",
    "Job name must be unique within an AWS account and region, and a job with this name already exists ({arn})",
)
JOB_MISSING = ("ValidationException", "Could not find requested job with name: {name}")
RUNNING = frozenset({"InProgress", "Stopping"})

TRAINING_JOB = Kind(
    "TrainingJob", "training-job", "TrainingJobSummaries",
    ("TrainingJobName", "TrainingJobArn", *TIMES, "TrainingEndTime", "TrainingJobStatus", "SecondaryStatus",
     "WarmPoolStatus", "TrainingPlanArn"),
    job_lifecycle("TrainingJob"), RUNNING, taken=JOB_TAKEN,
)  # fmt: skip
PROCESSING_JOB = Kind(
    "ProcessingJob", "processing-job", "ProcessingJobSummaries",
    ("ProcessingJobName", "ProcessingJobArn", *TIMES, "ProcessingEndTime", "ProcessingJobStatus",
     "FailureReason", "ExitMessage"),
    job_lifecycle("ProcessingJob"), RUNNING, JOB_MISSING, JOB_TAKEN,
)  # fmt: skip
TRANSFORM_JOB = Kind(
    "TransformJob", "transform-job", "TransformJobSummaries",
    ("TransformJobName", "TransformJobArn", *TIMES, "TransformEndTime", "TransformJobStatus", "FailureReason"),
    job_lifecycle("TransformJob"), RUNNING, JOB_MISSING, JOB_TAKEN,
)  # fmt: skip
