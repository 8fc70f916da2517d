"""Judges an answer by the REST specification: which operation it is of, and what in it the operation's type forbids."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

_HERE = Path(__file__).parent
_PLACE = re.compile(r"\{[^}]+\}")


@dataclass(frozen=True)
class Operation:
    """One operation: `path` begins at `_apis`, `required` are the query parameters that its path names."""

    area: str
    name: str
    verb: str
    path: str
    required: frozenset[str]
    answers: Mapping[str, str]
    told: Mapping[str, Any]

    @property
    def literals(self) -> int:
        """How many segments are no place: the more, the closer it fits."""
        return sum("{" not in segment for segment in self.path.split("/"))


@cache
def areas() -> dict[str, Any]:
    """The areas of the table."""
    return dict(json.loads((_HERE / "specification.json").read_text(encoding="utf-8"))["areas"])


@cache
def deviations() -> dict[str, Any]:
    """What recordings of the real service have and the specification has not; see deviations.json."""
    return dict(json.loads((_HERE / "deviations.json").read_text(encoding="utf-8")))


@cache
def operations() -> tuple[tuple[Operation, re.Pattern[str]], ...]:
    """Every operation with the pattern of its path."""
    found = []
    for area, told in areas().items():
        for row in told["operations"]:
            path, _, query = row["path"].partition("?")
            path = path[path.lower().index("_apis") :]
            required = frozenset(part.partition("=")[0].lower() for part in query.split("&") if "=" in part)
            entry = Operation(area, row["name"], row["verb"], path, required, row.get("answers", {}), row)
            pattern = _PLACE.sub("[^/]+", re.sub(r"[.$]", r"\\\g<0>", path))
            found.append((entry, re.compile(pattern, re.IGNORECASE)))
    return tuple(found)


def operation(verb: str, path: str, query: Mapping[str, str]) -> Operation | None:
    """The operation that a request means: the closest path, then the one whose query parameters are all there."""
    return next(iter(meant(verb, path, query)), None)


def meant(verb: str, path: str, query: Mapping[str, str]) -> list[Operation]:
    """The operations that a request may mean: some differ by nothing but what they answer, as pats and pats?."""
    at = path.lower().find("/_apis/")
    rest = path[at + 1 :].rstrip("/")
    # A parameter that is there and empty asks for nothing.
    given = {name.lower() for name, value in query.items() if value}
    # The specification writes some lists with the place of their items, as build/folders/{path}.
    for tried in (rest, f"{rest}/x"):
        fits = [
            entry
            for entry, pattern in operations()
            if entry.verb == verb and _needed(entry) <= given and pattern.fullmatch(tried)
        ]
        if fits:
            best = max((entry.literals, len(entry.required)) for entry in fits)
            return [entry for entry in fits if (entry.literals, len(entry.required)) == best]
    return []


def _needed(entry: Operation) -> set[str]:
    """The query parameters without which a request means another operation of the same address."""
    return {*entry.required, *deviations()["parameters"].get(entry.name, ())}


def violations(entry: Operation, status: int, body: Any) -> list[str]:
    """The places of a successful JSON answer that its type forbids, each with why."""
    kind = (
        deviations()["answers"].get(entry.name) or entry.answers.get(str(status)) or entry.answers.get("200")
    )
    if kind is None or str(status) not in {*entry.answers, "200", "201", "202", "203"}:
        return []
    if kind.startswith("[") and entry.name not in deviations()["bare lists"]:
        if not isinstance(body, dict) or set(body) - {"count", "value", "continuationToken"}:
            return ["$: a list comes in the envelope of count and value"]
        if body.get("count") != len(body.get("value") or ()):
            return ["$.count: is not the number of values"]
        body = body["value"]
    return list(_wrong(entry.area, kind, body, "$"))


def _wrong(area: str, kind: str, value: Any, place: str) -> Iterator[str]:
    if value is None or kind == "any":
        return
    if kind.startswith("["):
        if not isinstance(value, list):
            yield f"{place}: {_shown(value)} is no list"
            return
        for index, item in enumerate(value):
            yield from _wrong(area, kind[1:], item, f"{place}[{index}]")
    elif kind.startswith("{"):
        if not isinstance(value, dict):
            yield f"{place}: {_shown(value)} is no map"
            return
        for name, item in value.items():
            yield from _wrong(area, kind[1:], item, f"{place}.{name}")
    elif kind.startswith("="):
        yield from _of_enumeration(kind[1:].split("|"), value, place)
    elif kind.startswith("#"):
        yield from _of_definition(area, kind[1:], value, place)
    elif not _plain(kind, value):
        yield f"{place}: {_shown(value)} is no {kind}"


def _of_enumeration(values: list[str], value: Any, place: str) -> Iterator[str]:
    """Flags are written as "a, b"; what is undefined is written as its number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return
    if not isinstance(value, str) or any(part.strip() not in values for part in value.split(",")):
        yield f"{place}: {_shown(value)} is none of {', '.join(values)}"


def _of_definition(area: str, name: str, value: Any, place: str) -> Iterator[str]:
    if name not in areas()[area]["types"]:
        return
    if not isinstance(value, dict):
        yield f"{place}: {_shown(value)} is no {name}"
        return
    members = _members(area, name)
    if not members:
        return  # a dictionary, of which the specification names no members
    for member, item in value.items():
        if isinstance(item, str) and item in deviations()["values"].get(f"{name}.{member}", ()):
            continue
        if member in members:
            yield from _wrong(area, members[member], item, f"{place}.{member}")
        else:
            yield f"{place}.{member}: {name} has no such member"


@cache
def _members(area: str, name: str) -> dict[str, str]:
    """The members of a type, those of what it extends and those that only recordings show."""
    found: dict[str, str] = {}
    types, current = areas()[area]["types"], name
    while current in types:
        found = {**types[current]["properties"], **deviations()["members"].get(current, {}), **found}
        current = types[current].get("is", "")
    return {**found, **deviations()["members"].get(name, {})}


def _plain(kind: str, value: Any) -> bool:
    if kind == "boolean":
        return isinstance(value, bool)
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, str) and _text(kind, value)


def _text(kind: str, value: str) -> bool:
    try:
        if kind == "uuid":
            return bool(UUID(value))
        if kind == "time":
            return bool(datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", value)))
    except ValueError:
        return False
    return True


def _shown(value: Any) -> str:
    return json.dumps(value)[:80]
