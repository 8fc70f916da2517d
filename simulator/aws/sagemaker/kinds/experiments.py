"""Kinds of experiments: an experiment holds trials, a trial holds components, a component is one run or job."""

from __future__ import annotations

from simulator.aws.sagemaker.kinds.kind import TIMES, Kind

_TAKEN = "{0} names must be unique within an AWS account and region. {0} with name ({{name}}) already exists."

EXPERIMENT = Kind(
    "Experiment", "experiment", "ExperimentSummaries",
    ("ExperimentArn", "ExperimentName", "DisplayName", *TIMES),
    missing=("ResourceNotFound", "Experiment '{name}' does not exist."),
    taken=("ValidationException", _TAKEN.format("Experiment")),
)  # fmt: skip
TRIAL = Kind(
    "Trial", "experiment-trial", "TrialSummaries", ("TrialArn", "TrialName", "DisplayName", *TIMES),
    missing=("ResourceNotFound", "Trial '{arn}' does not exist."),
    taken=("ValidationException", _TAKEN.format("Trial")),
)  # fmt: skip
TRIAL_COMPONENT = Kind(
    "TrialComponent", "experiment-trial-component", "TrialComponentSummaries",
    ("TrialComponentName", "TrialComponentArn", "DisplayName", "TrialComponentSource", "Status", "StartTime",
     "EndTime", *TIMES, "LastModifiedBy"),
    missing=("ResourceNotFound", "Trial component '{name}' does not exist."),
    taken=("ValidationException", _TAKEN.format("Trial component")), unfiltered=("SourceArn",),
)  # fmt: skip
