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
from simulator.aws.sagemaker.pipelines import operations
from simulator.aws.sagemaker.processing import operations as processing
from simulator.aws.sagemaker.registry import group_policy, groups, packages, reading, updating
from simulator.aws.sagemaker.remembering import operations as remembering
from simulator.aws.sagemaker.remembering import records, refusals
from simulator.aws.sagemaker.training import operations as training
from simulator.aws.sagemaker.transform import operations as transform
from simulator.aws.sagemaker.tuning import operations as tuning_operations

__all__ = [
    "automl_operations",
    "definitions",
    "endpoint_configs",
    "endpoints",
    "group_policy",
    "groups",
    "invoke",
    "models",
    "operations",
    "packages",
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
