"""Conditions of a Condition step, over values that are resolved already: pure."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "GreaterThan": operator.gt,
    "GreaterThanOrEqualTo": operator.ge,
    "LessThan": operator.lt,
    "LessThanOrEqualTo": operator.le,
}


class NotComparable(Exception):
    """The two sides of a condition have no order."""


def holds(conditions: Sequence[Mapping[str, Any]]) -> bool:
    """Whether all conditions hold; raises NotComparable."""
    return all(_holds(condition) for condition in conditions)


def _holds(condition: Mapping[str, Any]) -> bool:
    kind = condition["Type"]
    if kind == "Or":
        return any(_holds(each) for each in condition["Conditions"])
    if kind == "Not":
        return not _holds(condition.get("Condition", condition.get("Expression")))
    if kind == "In":
        return condition["QueryValue"] in condition["Values"]
    left, right = condition["LeftValue"], condition["RightValue"]
    if kind == "Equals":
        return bool(left == right)
    numbers = _number(left), _number(right)
    if None in numbers:
        raise NotComparable(f"{kind}: {left!r} and {right!r} are not both numbers")
    return _COMPARE[kind](*numbers)


def _number(value: Any) -> float | None:
    """A number, or a text that is one: a parameter within to_string() compares as its value."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return float(value)
    except ValueError:
        return None
