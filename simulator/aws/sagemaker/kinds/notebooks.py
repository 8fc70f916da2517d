"""Kinds of notebooks: instances, their lifecycle configurations, code repositories, MLflow and partner apps."""

from __future__ import annotations

from simulator.aws.sagemaker.kinds.kind import ABSENT, CONFLICT, IN_USE, NOT_FOUND, Kind, constant

NOTEBOOK_INSTANCE = Kind(
    "NotebookInstance", "notebook-instance", begins="Pending", missing=("ValidationException", "RecordNotFound"),
    taken=("ValidationException", "Cannot create a duplicate Notebook Instance ({arn})"),
    renamed=(("SecurityGroupIds", "SecurityGroups"), ("LifecycleConfigName", "NotebookInstanceLifecycleConfigName")),
    refers=(("LifecycleConfigName", "NotebookInstanceLifecycleConfig"),), order="Ascending",
)  # fmt: skip
NOTEBOOK_INSTANCE_LIFECYCLE_CONFIG = Kind(
    "NotebookInstanceLifecycleConfig", "notebook-instance-lifecycle-config",
    missing=("ValidationException",
             ("Unable to describe Notebook Instance Lifecycle Config '{arn}'. "
              "(Details: Notebook Instance Lifecycle Config does not exist.)")),
    taken=("ValidationException",
           ("Unable to create Notebook Instance Lifecycle Config {arn}. "
            "(Details: Notebook Instance Lifecycle Config already exists.)")),
)  # fmt: skip
CODE_REPOSITORY = Kind(
    "CodeRepository", "code-repository", missing=ABSENT, noun="code repository",
)  # fmt: skip
MLFLOW_TRACKING_SERVER = Kind(
    "MlflowTrackingServer", "mlflow-tracking-server", begins="Creating", missing=NOT_FOUND, taken=IN_USE,
    stem="TrackingServer", list_member="TrackingServerSummaries",
    first=constant(IsActive="Inactive"),
)  # fmt: skip
MLFLOW_APP = Kind(
    "MlflowApp", "mlflow-app", begins="Creating", missing=NOT_FOUND, taken=IN_USE,
    named="Name", arn_named="Arn", status_named="Status", identity="{Arn}", generated="app-{ID}",
    unfiltered=("DefaultForDomainId",),
)  # fmt: skip
PARTNER_APP = Kind(
    "PartnerApp", "partner-app", begins="Creating", missing=NOT_FOUND, taken=CONFLICT,
    named="Name", arn_named="Arn", status_named="Status", identity="{Arn}", generated="app-{ID}",
)  # fmt: skip
PROJECT = Kind(
    "Project", "project", begins="Pending", missing=ABSENT, noun="project",
    first=lambda request: {"ProjectId": f"p-{request['_id']}"},
)  # fmt: skip
