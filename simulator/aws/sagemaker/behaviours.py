"""Loads every module of SageMaker that enters behaviours in the table."""

from simulator.aws.sagemaker import processing, registry, registry_policy, tags, training
from simulator.aws.sagemaker.pipelines import operations

__all__ = ["operations", "processing", "registry", "registry_policy", "tags", "training"]
