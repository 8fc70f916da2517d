"""The rows of alarms and of their history."""

from __future__ import annotations

import json
from typing import Any

from simulator.kernel.errors import CallerError
from simulator.kernel.store import Store
from simulator.kernel.world import Kernel

ALARM, HISTORY, TAGS = "cloudwatch.alarm", "cloudwatch.alarm_history", "cloudwatch.tags"


def find_alarm(store: Store, key: str, name: str) -> dict[str, Any]:
    """The alarm; raises ResourceNotFound."""
    row = store.get(ALARM, key)
    if row is None:
        raise CallerError("ResourceNotFound", f"Unknown alarm: {name}", 404)
    return row


def write_history(
    kernel: Kernel, key: str, alarm: dict[str, Any], kind: str, summary: str, data: dict[str, Any]
) -> None:
    """Add an item (ConfigurationUpdate, StateUpdate, Action) to the alarm's history."""
    number = kernel.store.count(HISTORY, f"{key}/") + 1
    row = {
        "AlarmName": alarm["AlarmName"],
        "AlarmType": "MetricAlarm",
        "Timestamp": kernel.clock.now(),
        "HistoryItemType": kind,
        "HistorySummary": summary[:255],
        "HistoryData": json.dumps({"version": "1.0", **data})[:4095],
    }
    kernel.store.put(HISTORY, f"{key}/{number:09d}", row)
