"""Loads every module of SageMaker that enters behaviours in the table."""

from simulator.aws.sagemaker import processing, tags, training

__all__ = ["processing", "tags", "training"]
