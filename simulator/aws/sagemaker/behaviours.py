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
from simulator.aws.sagemaker.pipelines import operations

__all__ = [
    "endpoint_configs",
    "endpoints",
    "invoke",
    "models",
    "operations",
    "processing",
    "registry",
    "registry_policy",
    "tags",
    "training",
    "transform",
]
