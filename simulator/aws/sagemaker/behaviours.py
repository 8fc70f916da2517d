"""Loads every module of SageMaker that enters behaviours in the table."""

from simulator.aws.sagemaker import (
    endpoint_configs,
    endpoints,
    invoke,
    models,
    processing,
    registry,
    registry_policy,
    tags,
    training,
    transform,
)
from simulator.aws.sagemaker.monitoring import definitions, schedules
from simulator.aws.sagemaker.pipelines import operations

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
]
