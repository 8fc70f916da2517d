"""Loads every module of SageMaker that enters behaviours in the table."""

from simulator.aws.sagemaker import (
    endpoint_configs,
    endpoints,
    invoke,
    models,
    tags,
)
from simulator.aws.sagemaker.automl import operations as automl_operations
from simulator.aws.sagemaker.monitoring import definitions, schedules
from simulator.aws.sagemaker.pipelines.operations import control, executions, pipelines
from simulator.aws.sagemaker.processing import operations as processing
from simulator.aws.sagemaker.registry import group_policy, groups, packages, reading, updating
from simulator.aws.sagemaker.remembering import operations as remembering
from simulator.aws.sagemaker.remembering import records, refusals
from simulator.aws.sagemaker.training import operations as training
from simulator.aws.sagemaker.transform import operations as transform
from simulator.aws.sagemaker.tuning import operations as tuning_operations

__all__ = [
    "automl_operations",
    "control",
    "definitions",
    "endpoint_configs",
    "endpoints",
    "executions",
    "group_policy",
    "groups",
    "invoke",
    "models",
    "packages",
    "pipelines",
    "processing",
    "reading",
    "records",
    "refusals",
    "remembering",
    "schedules",
    "tags",
    "training",
    "transform",
    "tuning_operations",
    "updating",
]
