"""CloudWatch's words for why an alarm is in its state: StateReason and StateReasonData."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from simulator.aws.cloudwatch.evaluation import OPERATORS, Question, State, Verdict
from simulator.aws.cloudwatch.windows import Range

INITIAL = "Unchecked: Initial alarm creation"


def reason(
    question: Question, verdict: Verdict, points: Sequence[float | None], starts: Sequence[float], old: State
) -> str:
    """StateReason, as recorded answers and the user guide show it."""
    if verdict.state is State.INSUFFICIENT_DATA:
        return f"Insufficient Data: {_count(verdict.filled, 'datapoint')} {_was(verdict.filled)} unknown."
    if not verdict.considered:
        treated = "Breaching" if question.missing == "breaching" else "NonBreaching"
        return (
            f"Threshold Crossed: no datapoints were received for {_count(verdict.filled, 'period')} and "
            f"{_count(verdict.filled, 'missing datapoint')} {_was(verdict.filled)} treated as [{treated}]."
        )
    alarming = verdict.state is State.ALARM
    shown = [place for place in verdict.considered if question.breaches(points[place] or 0.0) is alarming]
    listed = ", ".join(f"{points[place]} ({_day(starts[place])})" for place in reversed(shown))
    needed = question.datapoints_to_alarm if alarming else _needed_for_ok(question)
    verb = f"{_was(len(shown))}{'' if alarming else ' not'} {OPERATORS[question.operator][1]}"
    change = f"{State.OK} -> {State.ALARM}" if alarming else f"{State.ALARM} -> {State.OK}"
    return (
        f"Threshold Crossed: {len(shown)} out of the last {question.evaluation_periods} datapoints [{listed}] {verb} "
        f"the threshold ({float(question.threshold)}) (minimum {_count(needed, 'datapoint')} for {change} transition)."
    )


def reason_data(
    question: Question, range_: Range, points: Sequence[float | None], stat: str, unit: str, now: float
) -> str:
    """StateReasonData: the numbers behind the reason as JSON."""
    starts = range_.starts()
    recent = [(start, point) for start, point in zip(starts, points, strict=True) if point is not None]
    recent = recent[-question.evaluation_periods :]
    data: dict[str, Any] = {"version": "1.0", "queryDate": stamp(now)}
    if recent:
        data["startDate"] = stamp(recent[0][0])
    if unit:
        data["unit"] = unit
    data |= {
        "statistic": stat,
        "period": range_.period,
        "recentDatapoints": [point for _, point in recent],
        "threshold": float(question.threshold),
        "evaluatedDatapoints": [
            {"timestamp": stamp(start), "value": point} for start, point in reversed(recent)
        ],
    }
    return json.dumps(data, separators=(",", ":"))


def stamp(moment: float) -> str:
    """CloudWatch's own form of a time, `2026-03-01T10:00:00.000+0000`."""
    return (
        datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.")
        + f"{int(moment * 1000) % 1000:03}+0000"
    )


def _day(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%d/%m/%y %H:%M:%S")


def _needed_for_ok(question: Question) -> int:
    return question.evaluation_periods - question.datapoints_to_alarm + 1


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _was(number: int) -> str:
    return "was" if number == 1 else "were"
