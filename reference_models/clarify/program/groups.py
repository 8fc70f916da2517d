"""Which records belong to a group: those with a value, or those above a threshold.

Source of the rules by which a column is categorical or continuous, and of how a group is named: the report of AWS's
open library (aws/amazon-sagemaker-clarify), which the service uses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dataset import InvalidDataset

# From this share of different values on, a column of integers counts as continuous.
UNIQUE_SHARE = 0.05


@dataclass(frozen=True)
class Group:
    """The group as the report names it, and for each record whether it belongs."""

    name: str
    member: tuple[bool, ...]


def is_continuous(column: Sequence[Any], values: Sequence[Any]) -> bool:
    """Whether values are a threshold and not a list of categories."""
    if len(values) > 1 or any(isinstance(value, (str, bool)) for value in column):
        return False
    if any(isinstance(value, float) for value in column):
        return True
    return len(set(column)) / len(column) >= UNIQUE_SHARE


def groups(column: Sequence[Any], values: Sequence[Any]) -> list[Group]:
    """The group of the values or above the threshold; without values, one group for each category."""
    if is_continuous(column, values):
        return [above(column, values)]
    if values:
        return [having(column, values)]
    return [having(column, [value]) for value in dict.fromkeys(column)]


def group(column: Sequence[Any], values: Sequence[Any], span: Sequence[Any] = ()) -> Group:
    """One group; `span` are further values that bound the interval above a threshold."""
    return above(column, values, span) if is_continuous(column, values) else having(column, values)


def having(column: Sequence[Any], values: Sequence[Any]) -> Group:
    """Records with one of the values, compared as they are or, where none is there, as the column's type."""
    name = ",".join(str(value) for value in values)
    member = tuple(value in values for value in column)
    if any(member):
        return Group(name, member)
    kind = type(column[0])
    try:
        wanted = [kind(value) for value in values]
    except ValueError:
        wanted = []
    return Group(name, tuple(value in wanted for value in column))


def above(column: Sequence[Any], values: Sequence[Any], span: Sequence[Any] = ()) -> Group:
    """Records above the threshold, up to the greatest value, as an interval that is open below."""
    if not values:
        raise InvalidDataset("Threshold values must be provided for continuous features")
    try:
        threshold = values[0] if isinstance(values[0], (int, float)) else float(values[0])
    except ValueError as error:
        raise InvalidDataset(
            "Facet/label value provided must be a single numeric threshold for continuous data"
        ) from error
    greatest = max([*column, *span])
    breaks = [threshold] if abs(greatest) == threshold else sorted([threshold, greatest])
    if any(isinstance(each, float) for each in breaks):
        breaks = [float(each) for each in breaks]
    if len(breaks) == 1:
        return Group("", tuple(False for _ in column))
    low, high = breaks
    return Group(f"({low}, {high}]", tuple(low < value <= high for value in column))
