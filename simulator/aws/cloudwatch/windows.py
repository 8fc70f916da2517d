"""The evaluation range of an alarm: windows of one period each that slide with time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from simulator.aws.cloudwatch.samples import Sample, joined, statistic

_MINUTE = 60


@dataclass(frozen=True)
class Range:
    """`count` windows of `period` seconds up to `end`; the resolution is 60 s, or 1 s for periods below a minute."""

    end: float
    period: int
    count: int

    @classmethod
    def at(cls, now: float, period: int, count: int) -> Range:
        """The range as it stands at `now`: it ends with the minute (or second) that is running."""
        step = resolution(period)
        return cls((math.floor(now / step) + 1) * step, period, count)

    @property
    def start(self) -> float:
        """Where the oldest window begins."""
        return self.end - self.period * self.count

    def starts(self) -> list[float]:
        """Where each window begins, the oldest first."""
        return [self.start + self.period * place for place in range(self.count)]

    def place(self, moment: float) -> int | None:
        """The window in which a moment lies, None if outside."""
        place = math.floor((moment - self.start) / self.period)
        return place if 0 <= place < self.count else None


def resolution(period: int) -> int:
    """How fine the data of a period is kept, in seconds."""
    return _MINUTE if period >= _MINUTE else 1


def points(range_: Range, samples: Mapping[float, Sample], name: str) -> list[float | None]:
    """The statistic of each window, None where it has no data; `samples` by the moment at which each began."""
    collected: list[list[Sample]] = [[] for _ in range(range_.count)]
    for moment, sample in samples.items():
        place = range_.place(moment)
        if place is not None:
            collected[place].append(sample)
    whole = [joined(window) for window in collected]
    return [None if sample is None else statistic(sample, name) for sample in whole]


def next_change(range_: Range, moments: Sequence[float]) -> float | None:
    """The next time at which a sample moves from one window to an older one, or out; None if there is no sample."""
    step = resolution(range_.period)
    ends = []
    for moment in moments:
        place = range_.place(moment)
        if place is not None:
            # Its window's start passes the sample when the range's end has grown by this much.
            ends.append(range_.end + (moment - (range_.start + place * range_.period)) + step)
    # The range ends one step after the running one, so it has that end one step earlier.
    return min(ends) - step if ends else None
