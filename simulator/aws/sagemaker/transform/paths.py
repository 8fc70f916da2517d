"""The JSONPaths of DataProcessing: root, names, indices, slices, unions and the wildcard; pure.

Source: developer guide, "Supported JSONPath Operators" of "Associate Prediction Results with Input Records". What a
path names beyond the record is an error there, and so it is here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_NAME = re.compile(r"\.([^.\[\]*'\"\s]+)")
_WILDCARD = re.compile(r"\.\*|\[\*\]")
_NAMES = re.compile(r"\.?\[\s*((?:'[^']*'|\"[^\"]*\")(?:\s*,\s*(?:'[^']*'|\"[^\"]*\"))*)\s*\]")
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_NUMBERS = re.compile(r"\[\s*((?:-?\d*\s*:\s*-?\d*|-?\d+)(?:\s*,\s*(?:-?\d*\s*:\s*-?\d*|-?\d+))*)\s*\]")


class InvalidPath(ValueError):
    """The text is none of the supported paths."""


class NotThere(Exception):
    """The path names what a record does not have; the text says what."""


@dataclass(frozen=True)
class Wildcard:
    """Every element of an array, every value of an object."""


@dataclass(frozen=True)
class Names:
    """One attribute, or several as an object."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class Places:
    """One element, or an array of several: indices and (start, end) slices."""

    places: tuple[int | tuple[int | None, int | None], ...]


Step = Wildcard | Names | Places


def parse(text: str) -> tuple[Step, ...]:
    """The steps of a path; raises InvalidPath."""
    if not text.startswith("$"):
        raise InvalidPath(text)
    position, steps = 1, list[Step]()
    while position < len(text):
        step, position = _step(text, position)
        steps.append(step)
    return tuple(steps)


def _step(text: str, position: int) -> tuple[Step, int]:
    if found := _WILDCARD.match(text, position):
        return Wildcard(), found.end()
    if found := _NAME.match(text, position):
        return Names((found[1],)), found.end()
    if found := _NAMES.match(text, position):
        return Names(tuple(a or b for a, b in _QUOTED.findall(found[1]))), found.end()
    if found := _NUMBERS.match(text, position):
        return Places(tuple(_place(part) for part in found[1].split(","))), found.end()
    raise InvalidPath(text)


def _place(text: str) -> int | tuple[int | None, int | None]:
    if ":" not in text:
        return int(text)
    start, end = (part.strip() for part in text.split(":"))
    return (int(start) if start else None, int(end) if end else None)


def select(value: Any, steps: tuple[Step, ...]) -> Any:
    """What the path names in one record; raises NotThere."""
    if not steps:
        return value
    first, rest = steps[0], steps[1:]
    if isinstance(first, Wildcard):
        if not isinstance(value, (dict, list)):
            raise NotThere("*")
        return [select(each, rest) for each in (value.values() if isinstance(value, dict) else value)]
    return select(_named(value, first) if isinstance(first, Names) else _placed(value, first), rest)


def _named(value: Any, step: Names) -> Any:
    if not isinstance(value, dict):
        raise NotThere(", ".join(step.names))
    for name in step.names:
        if name not in value:
            raise NotThere(name)
    return value[step.names[0]] if len(step.names) == 1 else {name: value[name] for name in step.names}


def _placed(value: Any, step: Places) -> Any:
    if not isinstance(value, list):
        raise NotThere(str(step.places[0]))
    if len(step.places) == 1 and isinstance(step.places[0], int):
        return _element(value, step.places[0])
    found: list[Any] = []
    for place in step.places:
        found += [_element(value, place)] if isinstance(place, int) else value[place[0] : place[1]]
    return found


def _element(value: list[Any], place: int) -> Any:
    if not -len(value) <= place < len(value):
        raise NotThere(f"index {place}")
    return value[place]
