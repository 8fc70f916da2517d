"""Loads every module of SageMaker that enters behaviours in the table."""

from simulator.aws.sagemaker import (
    endpoint_configs,
    endpoints,
    invoke,
    models,
    registry,
    registry_policy,
    tags,
    training,
)
from simulator.aws.sagemaker.monitoring import definitions, schedules
from simulator.aws.sagemaker.pipelines import operations
from simulator.aws.sagemaker.processing import operations as processing
from simulator.aws.sagemaker.transform import job as transform
from simulator.aws.sagemaker.tuning import operations as tuning_operations

__all__ = [
    "definitions",
    "endpoint_configs",
    "endpoints",
    "invoke",
    "models",
    "operations",
    "processing",
    "registry",
    "registry_policy",
    "schedules",
    "tags",
    "training",
    "transform",
    "tuning_operations",
]
