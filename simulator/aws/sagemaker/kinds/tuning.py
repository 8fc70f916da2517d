"""Kinds of searches: hyperparameter tuning jobs and AutoML jobs."""

from __future__ import annotations

from simulator.aws.sagemaker.kinds.jobs import RUNNING, job_lifecycle
from simulator.aws.sagemaker.kinds.kind import TIMES, Kind

HYPER_PARAMETER_TUNING_JOB = Kind(
    "HyperParameterTuningJob", "hyper-parameter-tuning-job", "HyperParameterTuningJobSummaries",
    ("HyperParameterTuningJobName", "HyperParameterTuningJobArn", "HyperParameterTuningJobStatus", "Strategy", *TIMES,
     "HyperParameterTuningEndTime", "TrainingJobStatusCounters", "ObjectiveStatusCounters", "ResourceLimits"),
    job_lifecycle("HyperParameterTuningJob"), RUNNING,
    # How the text begins is known from clients that match it; AWS's own end of it is not.
    missing=("ResourceNotFound", "Amazon SageMaker can't find a tuning job with name {name}."),
    taken=("ResourceInUse",
           ("Hyper parameter tuning job names must be unique within an AWS account and region, and a tuning job with "
            "this name already exists ({arn})")),
)  # fmt: skip
AUTO_ML_JOB = Kind(
    "AutoMLJob", "automl-job", "AutoMLJobSummaries",
    ("AutoMLJobName", "AutoMLJobArn", "AutoMLJobStatus", "AutoMLJobSecondaryStatus", *TIMES, "EndTime",
     "FailureReason"),
    job_lifecycle("AutoMLJob"), RUNNING,
    # AWS's words are not published.
    missing=("ResourceNotFound", "Could not find AutoML job with name {name}."),
    taken=("ResourceInUse", "AutoML job with name {name} already exists ({arn})."),
)  # fmt: skip
