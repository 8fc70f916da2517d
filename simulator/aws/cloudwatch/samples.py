"""Metric samples as values: what was put, aggregated, and every statistic that can be read from it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

STATISTICS = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")
_EXTENDED = re.compile(r"p(\d{1,2}(?:\.\d+)?|100)|tm(\d{1,2}(?:\.\d+)?)|IQM")


@dataclass(frozen=True)
class Sample:
    """Any number of observations as one; `values` counts each value and is empty for a given statistic set."""

    count: float
    total: float
    low: float
    high: float
    values: tuple[tuple[float, float], ...] = ()

    @classmethod
    def of(cls, values: Mapping[float, float]) -> Sample:
        """From a count of each value."""
        count = sum(values.values())
        total = math.fsum(value * times for value, times in values.items())
        return cls(count, total, min(values), max(values), tuple(sorted(values.items())))

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> Sample:
        """From `row()`."""
        values = tuple((float(value), float(times)) for value, times in row["values"])
        return cls(row["count"], row["total"], row["low"], row["high"], values)

    def row(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "count": self.count,
            "total": self.total,
            "low": self.low,
            "high": self.high,
            "values": [list(pair) for pair in self.values],
        }


def joined(samples: Iterable[Sample]) -> Sample | None:
    """All observations together, None if there are none."""
    found = list(samples)
    if not found:
        return None
    values: dict[float, float] = {}
    whole = all(sample.values for sample in found)
    for sample in found if whole else ():
        for value, times in sample.values:
            values[value] = values.get(value, 0) + times
    return Sample(
        count=sum(sample.count for sample in found),
        total=math.fsum(sample.total for sample in found),
        low=min(sample.low for sample in found),
        high=max(sample.high for sample in found),
        values=tuple(sorted(values.items())),
    )


def is_extended(name: str) -> bool:
    """True for a percentile (p90), a trimmed mean (tm90) or IQM."""
    return _EXTENDED.fullmatch(name) is not None


def statistic(sample: Sample, name: str) -> float | None:
    """One of STATISTICS or an extended one; None where a statistic set does not hold enough to tell.

    Source: CloudWatch user guide, "CloudWatch statistics definitions": a percentile is interpolated between values.
    """
    if name == "SampleCount":
        return sample.count
    if name == "Average":
        return sample.total / sample.count if sample.count else None
    if name == "Sum":
        return sample.total
    if name in ("Minimum", "Maximum"):
        return sample.low if name == "Minimum" else sample.high
    if not sample.values:
        # A set of one value, or of equal ones, is all percentiles at once.
        return sample.low if sample.low == sample.high else None
    if name.startswith("p"):
        return _percentile(sample, float(name[1:]))
    low, high = (25.0, 75.0) if name == "IQM" else (0.0, float(name[2:]))
    return _trimmed_mean(sample, low, high)


def _percentile(sample: Sample, percent: float) -> float:
    position, passed = (sample.count - 1) * percent / 100, 0.0
    previous = sample.values[0][0]
    for value, times in sample.values:
        if position < passed:
            return previous + (value - previous) * (position - (passed - 1))
        if position <= passed + times - 1:
            return value
        passed, previous = passed + times, value
    return previous


def _trimmed_mean(sample: Sample, low: float, high: float) -> float:
    bottom, top = _percentile(sample, low), _percentile(sample, high)
    kept = [(value, times) for value, times in sample.values if bottom <= value <= top]
    return math.fsum(value * times for value, times in kept) / sum(times for _, times in kept)
