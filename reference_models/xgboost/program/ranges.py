"""How one hyperparameter is read and which values it may have, with the texts of AWS's container.

Source of the texts: aws/sagemaker-xgboost-container, its tests of hyperparameter validation.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from program.errors import UserError


@dataclass(frozen=True)
class Interval:
    """Numbers between two ends, each of which belongs to it or, when open, does not; None is no end."""

    least: float | None = None
    most: float | None = None
    open_least: bool = False
    open_most: bool = False

    def __contains__(self, value: float) -> bool:
        low = self.least is None or value > self.least or (value == self.least and not self.open_least)
        high = self.most is None or value < self.most or (value == self.most and not self.open_most)
        return low and high

    def __str__(self) -> str:
        left = "(-inf" if self.least is None else f"{'(' if self.open_least else '['}{self.least}"
        right = "+inf)" if self.most is None else f"{self.most}{')' if self.open_most else ']'}"
        return f"{left}, {right}"


@dataclass(frozen=True)
class Rule:
    """`parse` reads the text; `check` raises UserError for a value that is not allowed."""

    parse: Callable[[str], Any]
    check: Callable[[str, Any], None]


def _one(allowed: Any) -> Callable[[str, Any], None]:
    def check(name: str, value: Any) -> None:
        if value not in allowed:
            raise UserError(f"Hyperparameter {name}: {value} is not in {allowed}")

    return check


def _each(allowed: Any, parts: Callable[[Any], Sequence[Any]]) -> Callable[[str, Any], None]:
    def check(name: str, value: Any) -> None:
        if any(part not in allowed for part in parts(value)):
            raise UserError(f"Hyperparameter {name}: value {value} not in range {allowed}")

    return check


def integer(least: int | None = None, most: int | None = None, *, is_open: bool = False) -> Rule:
    """A whole number between two ends."""
    return Rule(int, _one(Interval(least, most, is_open, is_open)))


def number(
    least: float | None = None,
    most: float | None = None,
    *,
    open_least: bool = False,
    open_most: bool = False,
) -> Rule:
    """A number between two ends."""
    return Rule(float, _one(Interval(least, most, open_least, open_most)))


def choice(*words: str) -> Rule:
    """One of some words."""
    return Rule(str, _one(list(words)))


def several(allowed: Any) -> Rule:
    """Words between commas, each of them allowed."""
    return Rule(lambda text: text.strip("[]").replace(" ", "").split(","), _each(allowed, list))


def literal(text: str) -> Any:
    """A tuple or list as Python writes it."""
    try:
        return ast.literal_eval(text)
    except (SyntaxError, TypeError) as failure:
        raise ValueError(text) from failure


def signs() -> Rule:
    """`(1, 0, -1)`: a sign a feature."""
    return Rule(literal, _each([-1, 0, 1], list))


def groups() -> Rule:
    """`[[1, 2], [3, 4]]`: features that may meet in a tree."""
    return Rule(literal, _each(Interval(1), lambda value: [each for group in value for each in group]))
