"""The one list of resource types that CloudFormation can make here."""

from __future__ import annotations

from dataclasses import replace

from simulator.aws.cloudformation.handlers import (
    cloudwatch,
    custom,
    events,
    functions,
    iam,
    messaging,
    s3,
    sagemaker,
    schedules,
    secrets,
)
from simulator.aws.cloudformation.handlers.kind import ResourceKind

# Accepted and nothing to do: the CDK's note about itself.
_METADATA = ResourceKind(
    "AWS::CDK::Metadata",
    "cloudformation",
    name="Id",
    limit=128,
    physical="Id",
    attributes={"Id": "Id"},
    settles=frozenset({"Analytics"}),
)

KINDS: dict[str, ResourceKind] = {
    kind.type: kind
    for kind in (
        *sagemaker.KINDS,
        *cloudwatch.KINDS,
        *events.KINDS,
        *messaging.KINDS,
        *s3.KINDS,
        *iam.KINDS,
        *secrets.KINDS,
        *functions.KINDS,
        *schedules.KINDS,
        custom.KIND,
        _METADATA,
    )
}


def known(type_name: str) -> bool:
    """Whether the type can be made here; a custom resource may be called anything."""
    return is_custom(type_name) or type_name in KINDS


def is_custom(type_name: str) -> bool:
    """Whether the type is a custom resource, whose attributes nobody knows before."""
    return type_name.startswith("Custom::") or type_name == custom.TYPE


def kind_of(type_name: str) -> ResourceKind:
    """The row of a type; a custom resource keeps the name that the template gives it."""
    return replace(custom.KIND, type=type_name) if type_name.startswith("Custom::") else KINDS[type_name]
