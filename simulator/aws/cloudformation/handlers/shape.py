"""Properties in the form that a service's operation takes, by its botocore model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from simulator.aws.cloudformation.intrinsics import text
from simulator.aws.protocol.models import operation_model


def members(service: str, operation: str) -> dict[str, str]:
    """The top members of an operation's input by their lower-case names: properties differ from them in case only."""
    shape = operation_model(service, operation).input_shape
    return {name.lower(): name for name in shape.members} if shape else {}


def parameters(
    service: str, operation: str, properties: Mapping[str, Any], renames: Mapping[str, str], token: str
) -> dict[str, Any]:
    """The operation's parameters from the properties that it takes; `renames` maps properties to members.

    An idempotency token that the operation asks for is filled in.
    """
    shape = operation_model(service, operation).input_shape
    if shape is None:
        return {}
    known = members(service, operation)
    found: dict[str, Any] = {}
    for name, value in properties.items():
        member = renames.get(name) or known.get(name.lower())
        if member in shape.members:
            found[member] = conform(shape.members[member], value)
    for name in shape.members:
        if name not in found and shape.members[name].metadata.get("idempotencyToken"):
            found[name] = token
    return found


def conform(shape: Shape, value: Any) -> Any:
    """A value in the form of a shape: documents become text where text is asked for, numbers take their type."""
    if isinstance(shape, StructureShape) and isinstance(value, Mapping):
        known = {name.lower(): name for name in shape.members}
        if "tagkey" in known:
            known |= {"key": "TagKey", "value": "TagValue"}
        named = {known.get(name.lower(), name): item for name, item in value.items()}
        return {
            name: conform(shape.members[name], item) if name in shape.members else item
            for name, item in named.items()
        }
    if isinstance(shape, ListShape):
        if isinstance(value, Mapping):
            value = [{"Key": key, "Value": item} for key, item in value.items()]
        return [conform(shape.member, item) for item in value] if isinstance(value, list) else value
    if isinstance(shape, MapShape):
        if isinstance(value, list):
            value = {entry["Key"]: entry["Value"] for entry in value}
        return (
            {key: conform(shape.value, item) for key, item in value.items()}
            if isinstance(value, Mapping)
            else value
        )
    return _scalar(shape.type_name, value)


def _scalar(type_name: str, value: Any) -> Any:
    if type_name == "string":
        return json.dumps(value) if isinstance(value, dict | list) else text(value)
    if isinstance(value, str):
        if type_name in ("integer", "long") and value.lstrip("-").isdigit():
            return int(value)
        if type_name in ("float", "double"):
            return float(value)
        if type_name == "boolean" and value in ("true", "false"):
            return value == "true"
    return value
