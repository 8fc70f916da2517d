"""A stored value cut to a shape of the service model: members that the shape lacks, or types that do not fit, go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from simulator.aws.protocol.validate import fits

NO = object()
"""What does not fit."""


def conform(shape: Shape, value: Any) -> Any:
    """The value as the shape allows it; NO where nothing of it fits."""
    if isinstance(shape, StructureShape):
        if not isinstance(value, Mapping):
            return NO
        if shape.is_document_type:
            return value
        return conform_members(shape, value)
    if not fits(shape.type_name, value):
        return NO
    if isinstance(shape, ListShape):
        return [item for item in (conform(shape.member, each) for each in value) if item is not NO]
    if isinstance(shape, MapShape):
        found = {key: conform(shape.value, each) for key, each in value.items()}
        return {key: each for key, each in found.items() if each is not NO}
    return value


def conform_members(shape: StructureShape, value: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a structure that the shape has."""
    found = {name: conform(shape.members[name], value[name]) for name in shape.members if name in value}
    return {name: each for name, each in found.items() if each is not NO and each is not None}
