"""EventBridge event patterns: compiled once into rules over paths, then matched against events."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from simulator.aws.eventbridge.comparisons import PatternError, is_number, read_comparison
from simulator.aws.eventbridge.matchers import Equals, Exists, Matcher
from simulator.kernel.errors import CallerError

_OR = "$or"
# Names that would read as a comparison inside an $or.
_RESERVED = {
    "prefix",
    "suffix",
    "equals-ignore-case",
    "anything-but",
    "numeric",
    "exists",
    "cidr",
    "wildcard",
}


@dataclass(frozen=True)
class Field:
    """One path of a rule (names joined by dots) and what its leaf may be: any of the matchers."""

    path: str
    matchers: tuple[Matcher, ...]

    @property
    def absent(self) -> bool:
        """True if the field may be missing from the event."""
        return any(isinstance(matcher, Exists) and not matcher.present for matcher in self.matchers)


Rule = tuple[Field, ...]


@dataclass(frozen=True)
class EventPattern:
    """A compiled pattern: an event matches if it satisfies all fields of any of the rules."""

    rules: tuple[Rule, ...]

    def matches(self, event: Mapping[str, Any]) -> bool:
        """True if the event matches."""
        leaves: dict[str, list[_Leaf]] = {}
        for leaf in _flatten(event, "", {}):
            leaves.setdefault(leaf.path, []).append(leaf)
        return any(_satisfies(rule, leaves, {}) for rule in self.rules)


@dataclass(frozen=True)
class _Leaf:
    """A leaf of an event; `places` says which element of which array (by path) it stands in."""

    path: str
    value: Any
    places: Mapping[str, int]


@lru_cache(maxsize=1024)
def compile_pattern(text: str) -> EventPattern:
    """Compile a pattern; raises CallerError InvalidEventPatternException with AWS's reason.

    AWS appends where in the text the fault is (`at [Source: ...; line, column]`); that part is not reproduced. Nor is
    its limit on the complexity of wildcards.
    """
    try:
        document = json.loads(text)
    except ValueError as error:
        raise _invalid("Invalid JSON") from error
    if not isinstance(document, dict):
        raise _invalid("Filter is not an object")
    try:
        return EventPattern(tuple(_compile(document, "", [()], inside_or=False)))
    except PatternError as error:
        raise _invalid(str(error)) from error


def _invalid(reason: str) -> CallerError:
    return CallerError("InvalidEventPatternException", f"Event pattern is not valid. Reason: {reason}", 400)


def _compile(node: Mapping[str, Any], path: str, rules: list[Rule], *, inside_or: bool) -> list[Rule]:
    """All rules so far, each extended by what this object asks for."""
    if not node:
        raise PatternError("Empty objects are not allowed")
    for name, value in node.items():
        if name == _OR:
            rules = _compile_or(value, path, rules)
            continue
        if inside_or and name in _RESERVED:
            raise PatternError(f"{name} is Ruler reserved fieldName which cannot be used inside $or.")
        here = f"{path}.{name}" if path else name
        if isinstance(value, Mapping):
            rules = _compile(value, here, rules, inside_or=inside_or)
        elif isinstance(value, list):
            field = Field(here, _matchers(value))
            rules = [(*rule, field) for rule in rules]
        else:
            raise PatternError(f'"{name}" must be an object or an array')
    return rules


def _compile_or(value: Any, path: str, rules: list[Rule]) -> list[Rule]:
    if not isinstance(value, list):
        raise PatternError("It must be an Array followed with $or.")
    branches: list[Rule] = []
    for branch in value:
        if not isinstance(branch, Mapping):
            raise PatternError("Only JSON object is allowed in array of $or relationship.")
        branches += _compile(branch, path, rules, inside_or=True)
    if len(value) < 2:
        raise PatternError("There must have at least 2 Objects in $or relationship.")
    return branches


def _matchers(values: list[Any]) -> tuple[Matcher, ...]:
    if not values:
        raise PatternError("Empty arrays are not allowed")
    return tuple(_matcher(value) for value in values)


def _matcher(value: Any) -> Matcher:
    if isinstance(value, Mapping):
        return read_comparison(value)
    if value is None or isinstance(value, str | bool) or is_number(value):
        return Equals(value)
    raise PatternError("Match value must be String, number, true, false, or null")


def _flatten(value: Any, path: str, places: Mapping[str, int]) -> Iterator[_Leaf]:
    """The leaves of an event. Empty objects and arrays have none: for a pattern they do not exist."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _flatten(inner, f"{path}.{name}" if path else name, places)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            # Leaves of an array of plain values may be matched each by another rule; objects must agree.
            inside = {**places, path: index} if isinstance(inner, Mapping | list) else places
            yield from _flatten(inner, path, inside)
    else:
        yield _Leaf(path, value, places)


def _satisfies(rule: Rule, leaves: Mapping[str, list[_Leaf]], chosen: Mapping[str, int]) -> bool:
    """Whether leaves can be chosen for all fields such that fields of one array stand in one of its elements."""
    if not rule:
        return True
    field, rest = rule[0], rule[1:]
    candidates = leaves.get(field.path, [])
    if not candidates:
        return field.absent and _satisfies(rest, leaves, chosen)
    for leaf in candidates:
        agrees = all(chosen.get(array, index) == index for array, index in leaf.places.items())
        if agrees and any(matcher.accepts(leaf.value) for matcher in field.matchers):
            if _satisfies(rest, leaves, {**chosen, **leaf.places}):
                return True
    return False
