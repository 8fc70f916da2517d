"""The state of an alarm, decided from the data points of its evaluation range."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import ge, gt, le, lt


class State(StrEnum):
    """The three states of an alarm."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


OPERATORS: Mapping[str, tuple[Callable[[float, float], bool], str]] = {
    "GreaterThanThreshold": (gt, "greater than"),
    "GreaterThanOrEqualToThreshold": (ge, "greater than or equal to"),
    "LessThanThreshold": (lt, "less than"),
    "LessThanOrEqualToThreshold": (le, "less than or equal to"),
}
TREATMENTS = ("breaching", "notBreaching", "ignore", "missing")
# CloudWatch looks back further than the evaluation periods when points are missing; how much is not documented for
# every case, its examples show two periods more.
EXTRA_PERIODS = 2


@dataclass(frozen=True)
class Question:
    """What an alarm asks: M (`datapoints_to_alarm`) of N (`evaluation_periods`) points beyond the threshold."""

    threshold: float
    operator: str
    evaluation_periods: int
    datapoints_to_alarm: int
    missing: str = "missing"

    def breaches(self, value: float) -> bool:
        """True if the value is beyond the threshold."""
        return OPERATORS[self.operator][0](value, self.threshold)


@dataclass(frozen=True)
class Verdict:
    """The state; `considered` are the places in the range that counted, `filled` how many points were made up."""

    state: State
    considered: tuple[int, ...] = ()
    filled: int = 0


def evaluate(question: Question, points: Sequence[float | None], current: State) -> Verdict:
    """Decide from the points of the range, the oldest first, None where there is no data.

    Source: CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data", with its two tables.
    """
    wanted, needed = question.evaluation_periods, question.datapoints_to_alarm
    real = [place for place, point in enumerate(points) if point is not None][-wanted:]
    breaching = [place for place in real if question.breaches(points[place] or 0.0)]
    filled = wanted - len(real)
    if filled == 0 or len(breaching) >= needed:
        state = State.ALARM if len(breaching) >= needed else State.OK
        return Verdict(state, tuple(real))
    if question.missing in ("breaching", "notBreaching"):
        beyond = len(breaching) + (filled if question.missing == "breaching" else 0)
        return Verdict(State.ALARM if beyond >= needed else State.OK, tuple(real), filled)
    if not real:
        retained = current if question.missing == "ignore" else State.INSUFFICIENT_DATA
        return Verdict(retained, (), filled)
    if len(breaching) < len(real) or len(real) >= needed:
        return Verdict(State.OK, tuple(real))
    # Only breaching points, but too few of them. With `missing` they suffice once the oldest is old enough; before
    # that, and with `ignore`, nothing changes.
    old_enough = len(points) - breaching[0] >= needed
    state = State.ALARM if question.missing == "missing" and old_enough else current
    return Verdict(state, tuple(real))
