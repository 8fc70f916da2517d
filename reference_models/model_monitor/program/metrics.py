"""The CloudWatch metrics of a run, as the lines that the platform publishes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from column_statistics import Column
from settings import Settings


def dimensions(settings: Settings) -> list[dict[str, str]]:
    """Endpoint and schedule; a run over batch data has no endpoint."""
    named = {"Endpoint": settings.endpoint_name, "MonitoringSchedule": settings.schedule_name}
    return [{"Name": name, "Value": value} for name, value in named.items() if value]


def lines(settings: Settings, columns: list[Column], drifts: Mapping[str, float]) -> list[str]:
    """Per feature: its values, how complete it is and, where it was compared, its drift; stamped with the end."""
    found: list[dict[str, Any]] = []
    for column in columns:
        if column.numbers:
            found.append({"MetricName": f"feature_data_{column.name}", "StatisticValues": summary(column)})
        found.append({"MetricName": f"feature_non_null_{column.name}", "Value": column.completeness})
        if column.name in drifts:
            found.append(
                {"MetricName": f"feature_baseline_drift_{column.name}", "Value": drifts[column.name]}
            )
    return _stamped(settings, found)


def model_lines(settings: Settings, measured: Mapping[str, Any]) -> list[str]:
    """Each metric of the model that is a number."""
    named = {name: metric["value"] for name, metric in measured.items() if "value" in metric}
    return _stamped(settings, [{"MetricName": name, "Value": value} for name, value in named.items()])


def _stamped(settings: Settings, found: list[dict[str, Any]]) -> list[str]:
    stamp = settings.end_time or datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    shared = {"Dimensions": dimensions(settings), "Timestamp": stamp}
    return [json.dumps({**shared, **metric, "Unit": "None"}) for metric in found]


def summary(column: Column) -> dict[str, float]:
    """CloudWatch's statistic set."""
    return {
        "Maximum": max(column.numbers),
        "Minimum": min(column.numbers),
        "SampleCount": float(len(column.numbers)),
        "Sum": sum(column.numbers),
    }
