"""Resolved properties held against a type's schema: scalars get its types, mistakes its words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from simulator.aws.cloudformation.intrinsics import text
from simulator.aws.cloudformation.schemas import ResourceSchema

_DYNAMIC = re.compile(r"\{\{resolve:[^}]*\}\}")
_PLAIN_TYPES = {"object": dict, "array": list, "string": str, "boolean": bool}
_WORDS = {
    "object": "JSONObject",
    "array": "JSONArray",
    "string": "String",
    "boolean": "Boolean",
    "integer": "Number",
}


def check(schema: ResourceSchema, properties: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The properties with the schema's types, and what is wrong with them as the registry's validator says it.

    Types, enumerations, required and unknown members are held here. Lengths, ranges and patterns are left to the
    service that is called, which says the same about itself in its own words.
    """
    mistakes: list[str] = []
    value = _conform(schema, schema.document, dict(properties), "#", mistakes)
    mistakes += [
        f"#: extraneous key [{path}] is not permitted" for path in schema.read_only if path in properties
    ]
    return value, mistakes


def failure(logical: str, mistakes: list[str]) -> str:
    """The status reason of a resource whose properties are wrong."""
    return f"Properties validation failed for resource {logical} with message:\n" + "\n".join(mistakes)


def _conform(
    schema: ResourceSchema, node: Mapping[str, Any], value: Any, at: str, mistakes: list[str]
) -> Any:
    node = schema.resolve(node)
    if isinstance(value, str) and _DYNAMIC.search(value):
        return value
    kinds = node.get("type")
    if kinds is None:
        return _alternatives(schema, node, value, at, mistakes)
    value = _coerce([kinds] if isinstance(kinds, str) else kinds, value, at, mistakes)
    if "enum" in node and value not in node["enum"] and not isinstance(value, dict | list):
        mistakes.append(f"{at}: failed validation constraint for keyword [enum]")
    if isinstance(value, dict):
        return _object(schema, node, value, at, mistakes)
    if isinstance(value, list) and isinstance(node.get("items"), Mapping):
        return [
            _conform(schema, node["items"], item, f"{at}/{index}", mistakes)
            for index, item in enumerate(value)
        ]
    return value


def _alternatives(
    schema: ResourceSchema, node: Mapping[str, Any], value: Any, at: str, mistakes: list[str]
) -> Any:
    """A node without a type of its own: the first of its alternatives that fits; without any, what was given."""
    choices = [
        choice
        for member in ("oneOf", "anyOf")
        for choice in node.get(member, ())
        if isinstance(choice, Mapping)
    ]
    first: list[str] = []
    for choice in choices:
        found: list[str] = []
        result = _conform(schema, choice, value, at, found)
        if not found:
            return result
        first = first or found
    if choices:
        mistakes.append(f"{at}: #: no subschema matched out of the total {len(choices)} subschemas")
    elif isinstance(value, dict) and "properties" in node:
        return _object(schema, node, value, at, mistakes)
    return value


def _object(
    schema: ResourceSchema, node: Mapping[str, Any], value: dict[str, Any], at: str, mistakes: list[str]
) -> Any:
    members: Mapping[str, Any] = node.get("properties", {})
    patterns: Mapping[str, Any] = node.get("patternProperties", {})
    mistakes += [
        f"{at}: required key [{name}] not found" for name in node.get("required", ()) if name not in value
    ]
    result = {}
    for name, item in value.items():
        if name in members:
            result[name] = _conform(schema, members[name], item, f"{at}/{name}", mistakes)
        elif patterns:
            result[name] = _conform(schema, next(iter(patterns.values())), item, f"{at}/{name}", mistakes)
        else:
            if members and node.get("additionalProperties") is False:
                mistakes.append(f"{at}: extraneous key [{name}] is not permitted")
            result[name] = item
    return result


def _coerce(kinds: list[str], value: Any, at: str, mistakes: list[str]) -> Any:
    """A template's scalars are loosely typed: `"1"` is an integer where one is asked for, and the other way round."""
    for kind in kinds:
        fits, converted = _as(kind, value)
        if fits:
            return converted
    mistakes.append(f"{at}: expected type: {_WORDS.get(kinds[0], 'Number')}, found: {_word(value)}")
    return value


def _as(kind: str, value: Any) -> tuple[bool, Any]:
    if kind in _PLAIN_TYPES and isinstance(value, _PLAIN_TYPES[kind]):
        return True, value
    if kind == "string" and isinstance(value, bool | int | float):
        return True, text(value)
    if kind == "boolean" and isinstance(value, str) and value.lower() in ("true", "false"):
        return True, value.lower() == "true"
    if kind in ("integer", "number") and not isinstance(value, bool):
        return _number(kind, value)
    return False, value


def _number(kind: str, value: Any) -> tuple[bool, Any]:
    if isinstance(value, int) or (isinstance(value, float) and kind == "number"):
        return True, value
    if isinstance(value, str) and re.fullmatch(r"-?\d+", value.strip()):
        return True, int(value)
    if (
        kind == "number"
        and isinstance(value, str)
        and re.fullmatch(r"-?\d*\.?\d+([eE][-+]?\d+)?", value.strip())
    ):
        return True, float(value)
    return False, value


def _word(value: Any) -> str:
    return {dict: "JSONObject", list: "JSONArray", str: "String", bool: "Boolean"}.get(type(value), "Number")


def with_stack_tags(
    schema: ResourceSchema, properties: dict[str, Any], tags: Mapping[str, str]
) -> dict[str, Any]:
    """The properties with the stack's tags added where the type takes tags; the resource's own win."""
    name = schema.tags_property
    if not name or not tags:
        return properties
    own = properties.get(name)
    if isinstance(own, dict) or (own is None and _tags_are_a_map(schema, name)):
        return {**properties, name: {**tags, **(own or {})}}
    given = {entry.get("Key") for entry in own or ()}
    added = [{"Key": key, "Value": value} for key, value in sorted(tags.items()) if key not in given]
    return {**properties, name: [*(own or ()), *added]}


def _tags_are_a_map(schema: ResourceSchema, name: str) -> bool:
    kinds = schema.resolve(schema.document["properties"][name]).get("type", "array")
    return "array" not in ([kinds] if isinstance(kinds, str) else kinds)
