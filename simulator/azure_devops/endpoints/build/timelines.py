"""The timeline of a build: stages, checkpoints, phases, jobs and tasks."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.endpoint import Call, endpoint
from simulator.azure_devops.endpoints.build import build_views
from simulator.azure_devops.endpoints.moments import iso
from simulator.azure_devops.errors import failure
from simulator.azure_devops.organization import Row
from simulator.azure_devops.pipelines.timeline import Timeline

TIMELINE = "8baac422-4c6e-4de5-8532-db96d92acffa"
_MEMBERS = (
    "id",
    "parentId",
    "type",
    "name",
    "identifier",
    "refName",
    "order",
    "state",
    "result",
    "workerName",
    "percentComplete",
    "currentOperation",
    "attempt",
    "errorCount",
    "warningCount",
    "issues",
    "task",
)


@endpoint("GET", TIMELINE, "vso.build")
async def timeline(call: Call) -> object:
    """The records; their states and results are the wire's own words."""
    build = build_views.found(call)
    found = Timeline(call.kernel, build["id"])
    wanted = call.route.get("timelineid", found.id).lower()
    rows = found.records() if wanted in (found.id, build["planId"]) else found.of_attempt(wanted)
    if rows is None:
        raise failure("TimelineNotFoundException", id=call.route["timelineid"])
    base = f"{call.url}/{build['project']}/_apis/build/builds/{build['id']}"
    return {
        "records": [record_view(base, row) for row in rows],
        "lastChangedBy": "00000002-0000-8888-8000-000000000000",
        "lastChangedOn": iso(build["finished"] or build["started"] or build["created"]),
        "id": wanted,
        "changeId": max((row.get("change", 1) for row in rows), default=1),
        "url": f"{base}/Timeline/{wanted}",
    }


def record_view(base: str, row: Row) -> Row:
    """The TimelineRecord of the wire; `base` is the address of its build."""
    value: dict[str, Any] = {name: row.get(name) for name in _MEMBERS}
    value["startTime"], value["finishTime"] = iso(row["startTime"]), iso(row["finishTime"])
    value["previousAttempts"] = row.get("previousAttempts", [])
    value["changeId"] = row.get("change", 1)
    value["lastModified"] = iso(row.get("modified"))
    number = row["log"]
    value["log"] = {"id": number, "type": "Container", "url": f"{base}/logs/{number}"} if number else None
    return value
