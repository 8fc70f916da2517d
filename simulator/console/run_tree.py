"""The flat timeline of a run made into stages with their gates, jobs and steps. Pure."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

Row = dict[str, Any]


def tree(records: list[Row], gates: list[Row]) -> list[Row]:
    """Stages in order; each has `gates` (the approvals of its checkpoint) and `jobs`, each with `steps`."""
    below: dict[Any, list[Row]] = defaultdict(list)
    for record in sorted(records, key=_order):
        below[record.get("parentId")].append(record)
    known = {str(gate["id"]): gate for gate in gates}
    stages = []
    for stage in below[None]:
        if stage["type"] != "Stage":
            continue
        checks = [check for point in below[stage["id"]] for check in below[point["id"]]]
        asked = [known[check["id"]] for check in checks if check["id"] in known]
        jobs = [
            {**job, "steps": below[job["id"]]}
            for phase in below[stage["id"]]
            if phase["type"] == "Phase"
            for job in below[phase["id"]]
        ]
        waits = any(gate["status"] == "pending" for gate in asked)
        stages.append({**stage, "gates": asked, "jobs": jobs, "shown": _state(stage, waits)})
    return stages


def state(record: Row) -> str:
    """The result of what has ended, else its state: one word for a record."""
    return str(record.get("result") or record.get("state") or "pending")


def _state(stage: Row, waits: bool) -> str:
    return "waiting for approval" if waits else state(stage)


def _order(record: Row) -> tuple[int, str]:
    return int(record.get("order") or 0), str(record.get("startTime") or "")
