"""The timelines of a run's plan, and the attachments of their records: read, and added as an agent adds them.

Source: the `TaskClient` of the Python SDK (`get_timelines`, `create_attachment` and their kin).
"""

from __future__ import annotations

import asyncio

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.endpoints.build.timelines import record_view
from simulator.azure_devops.endpoints.distributed_task.plans import base_of, plan_of
from simulator.azure_devops.endpoints.moments import iso
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.organization import Row
from simulator.azure_devops.pipelines.agent import uploads
from simulator.azure_devops.pipelines.callbacks import CalledPlan
from simulator.azure_devops.pipelines.timeline import Timeline

TIMELINES = "83597576-cc2c-453c-bea6-2882ae6a1653"
ATTACHMENTS = "7898f959-9cdf-4096-b29e-7f293031629e"
ATTACHMENTS_OF_PLAN = "eb55e5d6-2f30-4295-b5ed-38da50b1fc52"
_NOBODY = "00000002-0000-8888-8000-000000000000"


@endpoint("GET", TIMELINES, "vso.build")
async def timelines(call: Call) -> object:
    """The timelines of a plan, or one (`includeRecords`, `changeId`: those that changed since)."""
    plan = plan_of(call)
    found = Timeline(call.kernel, plan.run["id"])
    rows = found.records() if plan.check is None else []
    shown = {
        "id": found.id,
        "changeId": max((row.get("change", 1) for row in rows), default=1),
        "location": f"{base_of(call, plan)}/Timeline/{found.id}",
    }
    if "timelineid" not in call.route:
        return collection([shown])
    if call.route["timelineid"].lower() != found.id:
        raise failure("TimelineNotFoundException", id=call.route["timelineid"])
    changed = plan.run["finished"] or plan.run["started"] or plan.run["created"]
    shown |= {"lastChangedBy": _NOBODY, "lastChangedOn": iso(changed)}
    if call.query.get("includerecords", "").lower() == "true":
        since = call.number("changeid", 0)
        listed = [row for row in rows if row.get("change", 1) >= since]
        shown["records"] = [record_view(base_of(call, plan), row) for row in listed]
    return shown


@endpoint("GET", ATTACHMENTS_OF_PLAN, "vso.build")
async def of_plan(call: Call) -> object:
    """The attachments of a type that any record of the plan has."""
    plan = plan_of(call)
    return collection([_view(call, plan, row) for row in _rows(call, plan, call.route["type"])])


@endpoint("GET", ATTACHMENTS, "vso.build")
async def of_record(call: Call) -> object:
    """The attachments of a record by their type, or one: its content as octet-stream, else what it is."""
    plan = plan_of(call)
    record, kind = call.route["recordid"].lower(), call.route["type"]
    rows = [row for row in _rows(call, plan, kind) if row["record"] == record]
    name = call.route.get("name", "")
    if not name:
        return collection([_view(call, plan, row) for row in rows])
    row = next((row for row in rows if row["name"].lower() == name.lower()), None)
    if row is None:
        raise failure("AttachmentNotFoundException", name=name)
    if "octet-stream" not in call.headers.get("accept", ""):
        return _view(call, plan, row)
    return Answer(
        file=uploads.attachment_path(call.kernel.store, row), content_type="application/octet-stream"
    )


@endpoint("PUT", ATTACHMENTS, "vso.build_execute", raw=True)
async def attach(call: Call) -> object:
    """Add what the body is to a record, under a type and a name."""
    plan, record = plan_of(call), call.route["recordid"].lower()
    if plan.check is not None or Timeline(call.kernel, plan.run["id"]).find(record) is None:
        raise failure("TimelineRecordNotFoundException", id=record)
    kind, name = call.route["type"], call.route["name"]
    for part in (kind, name):
        if part in (".", "..") or len(part.encode()) > 255:
            raise invalid(f"Invalid argument value.\r\nParameter name: name ({part[:100]})")
    row = {"run": plan.run["id"], "record": record, "type": kind, "name": name}
    row["created"] = call.kernel.clock.now()
    await asyncio.to_thread(uploads.write, call.kernel.store, row, call.raw)
    uploads.add(call.kernel.store, row)
    return Answer(201, _view(call, plan, row))


def _rows(call: Call, plan: CalledPlan, kind: str) -> list[Row]:
    rows = uploads.attachments_of(call.kernel.store, plan.run["id"]) if plan.check is None else []
    return [row for row in rows if row["type"].lower() == kind.lower()]


def _view(call: Call, plan: CalledPlan, row: Row) -> Row:
    timeline = Timeline(call.kernel, plan.run["id"]).id
    address = f"{base_of(call, plan)}/{timeline}/{row['record']}/attachments/{row['type']}/{row['name']}"
    return {
        "_links": {"self": {"href": address}},
        "type": row["type"],
        "name": row["name"],
        "createdOn": iso(row["created"]),
        "lastChangedOn": iso(row["created"]),
        "lastChangedBy": _NOBODY,
        "timelineId": timeline,
        "recordId": row["record"],
    }
