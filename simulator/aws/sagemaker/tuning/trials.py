"""One training job of a search as the search sees it, and what counters and the best job follow from many: pure.

Source: botocore's HyperParameterTrainingJobSummary, TrainingJobStatusCounters and ObjectiveStatusCounters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ENDED = ("Completed", "Failed", "Stopped")


@dataclass(frozen=True)
class Objective:
    """What the search optimises."""

    metric: str
    maximize: bool

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Objective:
        """As the request says it."""
        return cls(given["MetricName"], given["Type"] == "Maximize")

    def better(self, one: float, other: float) -> bool:
        """Whether the one value is better than the other."""
        return one > other if self.maximize else one < other

    def loss(self, value: float) -> float:
        """The value as something to make small."""
        return -value if self.maximize else value


@dataclass(frozen=True)
class Trial:
    """One training job: its place in the search, what was tuned, its row's members, its objective so far."""

    index: int
    name: str
    definition: str
    tuned: Mapping[str, str]
    summary: Mapping[str, Any]
    value: float | None = None
    series: tuple[float, ...] = ()

    @property
    def status(self) -> str:
        """The training job's status."""
        return str(self.summary.get("TrainingJobStatus", "InProgress"))

    @property
    def ended(self) -> bool:
        """Whether it is at rest."""
        return self.status in ENDED

    @property
    def objective_status(self) -> str:
        """Succeeded with a final value, Pending while it runs, else Failed."""
        if not self.ended:
            return "Pending"
        return "Succeeded" if self.status != "Failed" and self.value is not None else "Failed"


_MEMBERS = ("TrainingJobName", "TrainingJobArn", "CreationTime", "TrainingStartTime", "TrainingEndTime",
            "TrainingJobStatus", "FailureReason")  # fmt: skip


def trial(noted: Mapping[str, Any], training: Mapping[str, Any], objective: Objective) -> Trial:
    """A trial from the search's note of it and from its training job's row."""
    finals = {each["MetricName"]: float(each["Value"]) for each in training.get("FinalMetricDataList", ())}
    value, series = finals.get(objective.metric), tuple(training.get("_series", ()))
    members = {member: training[member] for member in _MEMBERS if training.get(member) is not None}
    return Trial(noted["index"], noted["name"], noted["definition"], noted["tuned"], members, value, series)


def summary(each: Trial, objective: Objective, *, typed: bool = False) -> dict[str, Any]:
    """The trial as clients see it; `typed` names the objective's type too, where definitions may differ in it."""
    made: dict[str, Any] = {
        **each.summary,
        "TunedHyperParameters": dict(each.tuned),
        "ObjectiveStatus": each.objective_status,
    }
    if each.definition:
        made["TrainingJobDefinitionName"] = each.definition
    if each.objective_status == "Succeeded":
        final: dict[str, Any] = {"MetricName": objective.metric, "Value": each.value}
        if typed:
            final["Type"] = "Maximize" if objective.maximize else "Minimize"
        made["FinalHyperParameterTuningJobObjectiveMetric"] = final
    return made


def counters(trials: Iterable[Trial]) -> dict[str, Any]:
    """TrainingJobStatusCounters and ObjectiveStatusCounters."""
    status = {"Completed": 0, "InProgress": 0, "RetryableError": 0, "NonRetryableError": 0, "Stopped": 0}
    objectives = {"Succeeded": 0, "Pending": 0, "Failed": 0}
    for each in trials:
        status[_counted(each)] += 1
        objectives[each.objective_status] += 1
    return {"TrainingJobStatusCounters": status, "ObjectiveStatusCounters": objectives}


def _counted(each: Trial) -> str:
    if each.status == "Failed":
        ours = str(each.summary.get("FailureReason", "")).startswith("InternalServerError")
        return "RetryableError" if ours else "NonRetryableError"
    return each.status if each.ended else "InProgress"


def best(trials: Iterable[Trial], objective: Objective) -> Trial | None:
    """The trial with the best final objective; the earlier one of equals."""
    found: Trial | None = None
    for each in sorted(trials, key=lambda one: one.index):
        if each.objective_status != "Succeeded" or each.value is None:
            continue
        if found is None or found.value is None or objective.better(each.value, found.value):
            found = each
    return found


def not_improving(trials: Sequence[Trial], objective: Objective) -> int:
    """How many trials since the last that was better than all before it by 1 % or more."""
    count, reached = 0, None
    for each in sorted(
        (one for one in trials if one.objective_status == "Succeeded"), key=lambda one: one.index
    ):
        loss = objective.loss(each.value or 0.0)
        if reached is None or (loss <= reached - abs(reached) * 0.01 and loss < reached):
            count, reached = 0, loss
        else:
            count += 1
    return count
