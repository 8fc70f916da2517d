"""Botocore's service models, loaded when first needed and kept."""

from __future__ import annotations

from functools import cache

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel


class UnknownOperation(Exception):
    """No service model has this operation."""


@cache
def _loader() -> Loader:
    return Loader()


@cache
def service_model(service: str) -> ServiceModel:
    """The model of a botocore service (`sagemaker-runtime`); raises botocore's UnknownServiceError."""
    return ServiceModel(_loader().load_service_model(service, "service-2"), service)


def operation_model(service: str, operation: str) -> OperationModel:
    """The model of one operation; raises UnknownOperation."""
    model = service_model(service)
    if operation not in model.operation_names:
        raise UnknownOperation(f"{service} has no operation {operation}")
    return model.operation_model(operation)
