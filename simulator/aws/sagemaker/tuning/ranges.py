"""What a tuning job may vary: integer, continuous and categorical ranges on their scales: pure.

Source: botocore's ParameterRanges; SageMaker developer guide, "Define Hyperparameter Ranges" (scaling types).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.kernel.errors import CallerError

WIDE = 1000.0
"""With scaling Auto a range that ends so many times its beginning is searched logarithmically (AWS does not tell)."""


@dataclass(frozen=True)
class Numeric:
    """An integer or continuous range; `unit` maps it to [0, 1] on its scale and `value` back."""

    name: str
    low: float
    high: float
    integer: bool
    scaling: str

    def value(self, unit: float) -> str:
        """The value at a place of [0, 1], as text."""
        found = self._from(unit)
        if self.integer:
            return str(min(int(self.high), max(int(self.low), round(found))))
        return repr(min(self.high, max(self.low, found)))

    def unit(self, text: str) -> float:
        """The place in [0, 1] of a value; one outside the range gives the nearer end."""
        value = min(self.high, max(self.low, float(text)))
        if self.high == self.low:
            return 0.0
        low, high, at = self._scaled(self.low), self._scaled(self.high), self._scaled(value)
        return (at - low) / (high - low)

    def _scaled(self, value: float) -> float:
        if self.scaling == "Logarithmic":
            return math.log(value)
        if self.scaling == "ReverseLogarithmic":
            return -math.log1p(-value)
        return value

    def _from(self, unit: float) -> float:
        at = self._scaled(self.low) + unit * (self._scaled(self.high) - self._scaled(self.low))
        if self.scaling == "Logarithmic":
            return math.exp(at)
        if self.scaling == "ReverseLogarithmic":
            return -math.expm1(-at)
        return at


@dataclass(frozen=True)
class Categorical:
    """A choice among words."""

    name: str
    values: tuple[str, ...]


Range = Numeric | Categorical


def read(ranges: Mapping[str, Any], tunable: Collection[str] = ()) -> tuple[Range, ...]:
    """The ranges of a request, in its order; raises ValidationException where one makes no sense.

    What Autotune is given is varied if it is `tunable`, as far as that is known, and else stays at its hint.
    """
    found: list[Range] = [
        *(_numeric(each, integer=True) for each in ranges.get("IntegerParameterRanges", ())),
        *(_numeric(each, integer=False) for each in ranges.get("ContinuousParameterRanges", ())),
        *(_categorical(each) for each in ranges.get("CategoricalParameterRanges", ())),
        *(_guessed(each, tunable) for each in ranges.get("AutoParameters", ())),
    ]
    names = [each.name for each in found]
    for name in names:
        if names.count(name) > 1:
            raise invalid(f"Hyperparameter {name} has more than one range.")
    return tuple(found)


def _numeric(given: Mapping[str, str], *, integer: bool) -> Numeric:
    name = given["Name"]
    try:
        low, high = float(given["MinValue"]), float(given["MaxValue"])
        if integer and not (low.is_integer() and high.is_integer()):
            raise ValueError
    except ValueError as error:
        kind = "an integer" if integer else "a number"
        raise invalid(f"MinValue and MaxValue of hyperparameter {name} must each be {kind}.") from error
    if not (math.isfinite(low) and math.isfinite(high)) or low > high:
        raise invalid(f"MinValue of hyperparameter {name} must not be greater than its MaxValue.")
    scaling = given.get("ScalingType", "Auto")
    if scaling == "Logarithmic" and low <= 0:
        raise invalid(
            f"Logarithmic scaling of hyperparameter {name} needs a range with values greater than 0."
        )
    if scaling == "ReverseLogarithmic" and (integer or low < 0 or high >= 1):
        raise invalid(
            f"ReverseLogarithmic scaling of hyperparameter {name} needs a continuous range in 0 <= x < 1."
        )
    if scaling == "Auto":
        scaling = "Logarithmic" if low > 0 and high / low >= WIDE else "Linear"
    return Numeric(name, low, high, integer, scaling)


def _categorical(given: Mapping[str, Any]) -> Categorical:
    values = tuple(str(each) for each in given["Values"])
    if len(set(values)) != len(values):
        raise invalid(f"The values of hyperparameter {given['Name']} must be distinct.")
    return Categorical(given["Name"], values)


def _guessed(given: Mapping[str, str], tunable: Collection[str]) -> Range:
    """The range around Autotune's ValueHint: ten times less to ten times more (AWS says not how it chooses)."""
    name, hint = given["Name"], given["ValueHint"]
    if tunable and name not in tunable:
        return Categorical(name, (hint,))
    try:
        value = float(hint)
    except ValueError:
        return Categorical(name, (hint,))
    whole = hint.strip().lstrip("+-").isdigit()
    if value == 0:
        return Numeric(name, 0.0, 1.0, whole, "Linear")
    low, high = sorted((value / 10, value * 10))
    if whole:
        low, high = float(math.ceil(low)), float(math.floor(high))
    return Numeric(name, low, high, whole, "Logarithmic" if low > 0 else "Linear")


def invalid(text: str) -> CallerError:
    """A ValidationException."""
    return CallerError("ValidationException", text)
