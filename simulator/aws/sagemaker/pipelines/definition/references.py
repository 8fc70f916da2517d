"""References in pipeline definitions (Get, Std:Join, Std:JsonGet): found, checked and resolved; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.formats.jsonpath import MISSING, JsonPathError, find

_TOKEN = re.compile(r"(?:^|\.)([A-Za-z0-9_\-]+)|\[(\d+)\]|\['([^']*)'\]|\[\"([^\"]*)\"\]")
_FUNCTIONS = ("Get", "Std:Join", "Std:JsonGet")
Path = tuple[str | int, ...]


class InvalidReference(Exception):
    """A reference that is not one, or that names nothing."""


@dataclass(frozen=True)
class Scope:
    """What references resolve to.

    `files` holds property files, read beforehand, by (step, property file name); `objects` those that are named by
    their S3 URI.
    """

    parameters: Mapping[str, Any] = field(default_factory=dict)
    execution: Mapping[str, Any] = field(default_factory=dict)
    steps: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    files: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    objects: Mapping[str, Any] = field(default_factory=dict)


def is_reference(value: Any) -> bool:
    """Whether a value stands for another one."""
    return isinstance(value, dict) and len(value) == 1 and next(iter(value)) in _FUNCTIONS


def parse_path(text: str) -> Path:
    """`Steps.A.Outputs['x'].S3Uri` as its parts; raises InvalidReference."""
    parts: list[str | int] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise InvalidReference(f"{text} is not a reference from character {at + 1}")
        name, index, single, double = match.groups()
        parts.append(
            int(index) if index is not None else next(e for e in (name, single, double) if e is not None)
        )
        at = match.end()
    if not parts:
        raise InvalidReference("an empty reference")
    return tuple(parts)


def references(value: Any) -> Iterator[str]:
    """Every `Get` path in a value; raises InvalidReference for a function that is not known."""
    if isinstance(value, dict):
        if set(value) == {"Get"} and isinstance(value["Get"], str):
            yield value["Get"]
            return
        for name, each in value.items():
            if name.startswith("Std:"):
                _check_function(name, each)
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def _check_function(name: str, argument: Any) -> None:
    if name == "Std:Join" and isinstance(argument, dict) and isinstance(argument.get("Values"), list):
        return
    if name == "Std:JsonGet" and isinstance(argument, dict) and "Path" in argument:
        if ("PropertyFile" in argument) != ("S3Uri" in argument):
            return
        raise InvalidReference("Std:JsonGet needs either PropertyFile or S3Uri")
    raise InvalidReference(f"{name} is not Std:Join or Std:JsonGet with its members")


def property_files(value: Any) -> set[tuple[str, str]]:
    """The (step, property file name) pairs that resolving the value reads."""
    found = set()
    for path in references(value):
        parts = parse_path(path)
        if parts[0] == "Steps" and len(parts) > 3 and parts[2] == "PropertyFiles":
            found.add((str(parts[1]), str(parts[3])))
    return found


def json_objects(value: Any, scope: Scope) -> set[str]:
    """The S3 URIs of the objects that resolving the value reads; raises InvalidReference."""
    if isinstance(value, list):
        return set().union(*(json_objects(each, scope) for each in value))
    if not isinstance(value, dict):
        return set()
    asked = value.get("Std:JsonGet")
    if isinstance(asked, dict) and "S3Uri" in asked:
        return {str(resolve(asked["S3Uri"], scope))}
    return set().union(*(json_objects(each, scope) for each in value.values()))


def resolve(value: Any, scope: Scope) -> Any:
    """The value with every reference replaced; raises InvalidReference where one names nothing."""
    if isinstance(value, list):
        return [resolve(each, scope) for each in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Get"}:
        return _get(value["Get"], scope)
    if set(value) == {"Std:Join"}:
        join = value["Std:Join"]
        return str(join.get("On", "")).join(text(resolve(each, scope)) for each in join["Values"])
    if set(value) == {"Std:JsonGet"}:
        return _json_get(value["Std:JsonGet"], scope)
    return {name: resolve(each, scope) for name, each in value.items()}


def text(value: Any) -> str:
    """How a value reads within Std:Join."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _get(path: str, scope: Scope) -> Any:
    root, *rest = parse_path(path)
    if root == "Parameters":
        return _walk(scope.parameters, tuple(rest), path)
    if root == "Execution":
        return _walk(scope.execution, tuple(rest), path)
    return _walk(scope.steps, tuple(rest), path)


def _walk(value: Any, parts: Path, path: str) -> Any:
    for part in parts:
        value = _into(value, part, path)
    return value


def _into(value: Any, part: str | int, path: str) -> Any:
    if isinstance(value, Mapping) and part in value:
        return value[part]
    if isinstance(value, list):
        if isinstance(part, int) and part < len(value):
            return value[part]
        if isinstance(part, str) and (named := _named(value, part)) is not None:
            return named
    raise InvalidReference(f"{path}: there is no {part}")


def _named(values: list[Any], name: str) -> Any:
    """The element of a list whose `...Name` member is `name`: Outputs['train'], FinalMetricDataList['rmse']."""
    for each in values:
        if isinstance(each, Mapping) and any(k.endswith("Name") and v == name for k, v in each.items()):
            return each
    return None


def _json_get(argument: Mapping[str, Any], scope: Scope) -> Any:
    path = str(argument["Path"])
    if "S3Uri" in argument:
        name = str(resolve(argument["S3Uri"], scope))
        document = scope.objects.get(name)
    else:
        parts = parse_path(argument["PropertyFile"]["Get"])
        name = str(parts[3])
        document = scope.files[str(parts[1]), name]
    try:
        found = find(_rooted(path), document)
    except JsonPathError as error:
        raise InvalidReference(f"Std:JsonGet of {name}: {error}") from error
    if found is MISSING:
        raise InvalidReference(f"Invalid json path {path} for property file {name}")
    return found


def _rooted(path: str) -> str:
    """The path from the root: `a.b`, `[0]` and `$.a` are all written."""
    if path.startswith("$"):
        return path
    return f"${path}" if path.startswith("[") else f"$.{path}"
