"""The quotas with their default values, each with the page that says so: facts.

Of the quotas by instance type there is none here: their defaults differ from account to account (Service Quotas), and
a new account has 0 of most. What an account has of them is no fact that a simulator could know.
"""

from __future__ import annotations

from dataclasses import dataclass

PIPELINES = "developer guide, Pipelines Quotas"
FEATURE_PROCESSOR = "developer guide, Quotas for Feature Processor"
FEATURE_STORE = "developer guide, Feature Store: quotas, naming rules and data types"
TUNING = "developer guide, Resource Limits for Automatic Model Tuning"
REPORTED = "AWS's own text in public reports"
MODEL = "the service model's documentation"


@dataclass(frozen=True)
class Quota:
    """One quota of an account in a region.

    `code` is Service Quotas' ("": not known, so it cannot be asked for by code); `kind` is the resource whose rows it
    counts ("": a value of a request, or what runs at once); `unit` is as AWS's text writes it ("": none).
    """

    name: str
    default: int
    source: str
    kind: str = ""
    code: str = ""
    unit: str = ""
    adjustable: bool = True


EXECUTIONS = Quota("Maximum number of concurrent pipeline executions allowed per account", 200, PIPELINES)
RUN_TIME = Quota(
    "Longest run time for a training job", 432_000, FEATURE_PROCESSOR, "", "L-33A961FD", "Seconds"
)
TRAINING_INSTANCES = Quota(
    "Maximum number of instances per training job", 20, FEATURE_PROCESSOR, "", "L-622CFD70", "Instances"
)
TUNING_JOBS = Quota("Number of concurrent hyperparameter tuning jobs", 100, TUNING, adjustable=False)
PARALLEL_TRAINING_JOBS = Quota("Number of parallel training jobs per hyperparameter tuning job", 10, TUNING)
TRAINING_JOBS = Quota("Number of training jobs per hyperparameter tuning job", 750, TUNING)

QUOTAS: tuple[Quota, ...] = (
    Quota("Maximum number of pipelines allowed per account", 5000, PIPELINES, "Pipeline", "L-E8EADE50"),
    EXECUTIONS,
    RUN_TIME,
    TRAINING_INSTANCES,
    TUNING_JOBS,
    PARALLEL_TRAINING_JOBS,
    TRAINING_JOBS,
    Quota("Number of lineage contexts", 500, FEATURE_PROCESSOR, "Context"),
    Quota("Number of lineage artifacts", 6000, FEATURE_PROCESSOR, "Artifact"),
    Quota("Number of lineage associations", 6000, FEATURE_PROCESSOR, "Association"),
    Quota("Maximum number of feature groups", 100, FEATURE_STORE, "FeatureGroup"),
    Quota(
        "Total number of notebook instances",
        8,
        REPORTED,
        "NotebookInstance",
        "L-04CE2E67",
        "NotebookInstances",
    ),
    Quota("Number of private workforces", 1, MODEL, "Workforce", adjustable=False),
)
BY_KIND = {quota.kind: quota for quota in QUOTAS if quota.kind}
BY_CODE = {quota.code: quota for quota in QUOTAS if quota.code}
