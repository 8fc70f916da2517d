"""The answer to a request from a row: the members that the operation's output shape has, under its names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.model import Shape, StructureShape

from simulator.aws.behaviour import Answer, Call
from simulator.aws.protocol.models import operation_model
from simulator.aws.protocol.project import NO, conform
from simulator.aws.sagemaker.columns import NAME, path_of
from simulator.aws.sagemaker.kinds.kind import Kind, Row

_MOMENTS = {
    "CreatedAt": "CreationTime",
    "CreateDate": "CreationTime",
    "RegistrationTime": "CreationTime",
    "LastModifiedAt": "LastModifiedTime",
    "LastUpdatedDate": "LastModifiedTime",
    "LastUpdatedTime": "LastModifiedTime",
}


def answer(call: Call, kind: Kind, row: Row) -> Answer:
    """The row as the operation answers it."""
    shape = operation_model(call.service, call.operation).output_shape
    return told(kind, row, shape) if isinstance(shape, StructureShape) else {}


def told(kind: Kind, row: Row, shape: StructureShape) -> dict[str, Any]:
    """The members of a shape that the row has; a structure that stands for the whole row is filled from it."""
    found: dict[str, Any] = {}
    for name, member in shape.members.items():
        value = _member(kind, row, name, member, name in shape.required_members)
        if value is not NO and value is not None:
            found[name] = value
    return found


def _member(kind: Kind, row: Row, name: str, shape: Shape, required: bool) -> Any:
    source = dict(kind.shows).get(name) or (name if name in row else _MOMENTS.get(name, name))
    if source in row:
        return conform(shape, row[source])
    if isinstance(shape, StructureShape) and kind.arn_member in shape.members:
        return told(kind, row, shape)
    longer = own_member(kind, row, name)
    if longer is not None:
        return conform(shape, longer)
    return conform(shape, _inside(kind, row, name)) if required else NO


def own_member(kind: Kind, row: Row, name: str) -> Any:
    """A member of the row; its name and ARN also as Lists of monitors call them (`MonitoringJobDefinitionName`)."""
    for own in (name, kind.name_member, kind.arn_member):
        if own in row and name in (own, f"Monitoring{own}"):
            return row[own]
    return None


def _inside(kind: Kind, row: Row, name: str) -> Any:
    """A required member that the request had further in: `HumanTaskConfig.WorkteamArn`."""
    path = path_of(kind, name)
    value: Any = row if path and path != NAME else None
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value
