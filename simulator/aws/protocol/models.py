"""Botocore's service models, loaded when first needed and kept."""

from __future__ import annotations

from functools import cache

from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel


class UnknownOperation(Exception):
    """There is no such service, or no service model has this operation."""


@cache
def _loader() -> Loader:
    return Loader()


@cache
def regions() -> frozenset[str]:
    """The regions of all partitions that botocore lists."""
    partitions = _loader().load_data("partitions")["partitions"]
    return frozenset(region for partition in partitions for region in partition["regions"])


@cache
def service_model(service: str) -> ServiceModel:
    """The model of a botocore service (`sagemaker-runtime`); raises UnknownOperation where there is none."""
    try:
        description = _loader().load_service_model(service, "service-2")
    except UnknownServiceError as error:
        raise UnknownOperation(f"the service {service!r}, which the AWS SDK does not know,") from error
    return ServiceModel(description, service)


def operation_model(service: str, operation: str) -> OperationModel:
    """The model of one operation; raises UnknownOperation."""
    model = service_model(service)
    if operation not in model.operation_names:
        raise UnknownOperation(f"{service}:{operation}, which the service model does not have,")
    return model.operation_model(operation)
