"""The numbers that a run has logged: each point in a row of its own, and a running summary of each metric."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from simulator.kernel.world import Kernel

_POINT, _SUMMARY = "sagemaker.metric_point", "sagemaker.metric_summary"


def add(kernel: Kernel, component_key: str, point: Mapping[str, Any]) -> None:
    """Write one point: MetricName, Value, Timestamp (epoch seconds) and perhaps Step."""
    name, value = str(point["MetricName"]), float(point["Value"])
    key = f"{component_key}/{name}"
    with kernel.store.transaction():
        held = kernel.store.get(_SUMMARY, key) or {"name": name, "count": 0, "sum": 0.0, "squares": 0.0}
        number = held["count"] + 1
        summary = {
            "name": name,
            "count": number,
            "sum": held["sum"] + value,
            "squares": held["squares"] + value * value,
            "min": min(value, held.get("min", value)),
            "max": max(value, held.get("max", value)),
            "last": value,
            "time": point["Timestamp"],
        }
        kernel.store.put(_SUMMARY, key, summary)
        kernel.store.put(_POINT, f"{key}\n{number:09d}", dict(point))


def points(kernel: Kernel, component_key: str, name: str) -> list[dict[str, Any]]:
    """The points of one metric in the order in which they were logged."""
    return [row for _, row in kernel.store.scan(_POINT, f"{component_key}/{name}\n")]


def summaries(kernel: Kernel, component_key: str, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """`TrialComponentMetricSummary` of each metric: those that were logged, and those of the component's job."""
    found = [summary for _, summary in kernel.store.scan(_SUMMARY, f"{component_key}/")]
    return [*row.get("Metrics", []), *(_shown(each, str(row["TrialComponentArn"])) for each in found)]


def _shown(summary: Mapping[str, Any], arn: str) -> dict[str, Any]:
    count, mean = summary["count"], summary["sum"] / summary["count"]
    return {
        "MetricName": summary["name"],
        "SourceArn": arn,
        "TimeStamp": summary["time"],
        "Max": summary["max"],
        "Min": summary["min"],
        "Last": summary["last"],
        "Count": count,
        "Avg": mean,
        "StdDev": math.sqrt(max(0.0, summary["squares"] / count - mean * mean)),
    }


def forget(kernel: Kernel, component_key: str) -> None:
    """The component is gone, and its numbers with it."""
    for kind in (_POINT, _SUMMARY):
        for key, _ in kernel.store.scan(kind, f"{component_key}/"):
            kernel.store.delete(kind, key)
