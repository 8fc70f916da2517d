"""Reads members of a JSON body by the shape they must have; what has another is the caller's error. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.azure_devops.errors import invalid


def mapping(given: Mapping[str, Any], name: str) -> dict[str, Any]:
    """An object; a missing member is an empty one."""
    return as_mapping(given.get(name), name)


def mappings(given: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """A list of objects; a missing member is an empty one."""
    return as_mappings(given.get(name), name)


def texts(given: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """A list of texts; a missing member is an empty one."""
    return as_texts(given.get(name), name)


def number(given: Mapping[str, Any], name: str, default: int) -> int:
    """A whole number."""
    value = given.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not str(value).isdecimal():
        raise invalid(f"The value of {name} must be a number.")
    return int(value)


def as_mapping(value: Any, name: str) -> dict[str, Any]:
    """`value` as an object; None is an empty one."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise invalid(f"The value of {name} must be an object.")
    return value


def as_texts(value: Any, name: str) -> tuple[str, ...]:
    """`value` as a list of texts; None is an empty one."""
    return tuple(str(item) for item in _listed(value, name))


def as_mappings(value: Any, name: str) -> list[dict[str, Any]]:
    """`value` as a list of objects; None is an empty one."""
    return [as_mapping(item, name) for item in _listed(value, name)]


def _listed(value: Any, name: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise invalid(f"The value of {name} must be a list.")
    return value
