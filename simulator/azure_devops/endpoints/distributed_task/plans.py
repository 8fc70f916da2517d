"""Plans as agentless tasks, checks and agents call them: events, logs, records of the timeline."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.endpoints.build.timelines import record_view
from simulator.azure_devops.endpoints.moments import iso
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.organization import Row
from simulator.azure_devops.pipelines.callbacks import CalledPlan
from simulator.azure_devops.pipelines.timeline import Timeline
from simulator.azure_devops.shapes import as_mapping, as_mappings, mappings, texts

EVENTS = "557624af-b29e-4c20-8ab0-0399d2204f3f"
LOGS = "46f5667d-263a-4684-91b1-dff7fdcf64e2"
RECORDS = "8893bc5b-35b2-4be7-83cb-99e683551db4"
PLANS = "5cecd946-d704-471e-a45f-3b4064fcfaba"
FEED = "858983e4-19bd-4c5e-864c-507b59b58b12"
# What a caller may say of a record: its state is moved by the run alone.
_TOLD = ("percentComplete", "currentOperation", "workerName")


@endpoint("POST", EVENTS, "vso.build_execute")
async def event(call: Call) -> object:
    """`TaskCompleted` and the like: what waits for it goes on."""
    plan, given = plan_of(call), call.object_body()
    name, result = str(call.member("name")), str(given.get("result") or "succeeded")
    if result.lower() not in ("succeeded", "failed", "succeededwithissues", "canceled", "skipped"):
        raise invalid(f"The result {result} is not valid. Expected succeeded or failed.")
    job, task = str(given.get("jobId") or ""), str(given.get("taskId") or given.get("taskInstanceId") or "")
    call.azure.callbacks.event(plan, name, job, task, result)
    return Answer(204)


@endpoint("POST", LOGS, "vso.build_execute")
async def write_log(call: Call) -> object:
    """A new log, or more lines (octet-stream) for one."""
    plan = plan_of(call)
    if "logid" not in call.route:
        return _log(call.azure.callbacks.add_log(plan, str(call.object_body().get("path") or "")))
    number = call.route["logid"]
    if not number.isdecimal():
        raise invalid(f"The log id {number} is not a number.")
    row = call.azure.callbacks.append(plan, int(number), call.raw.decode(errors="replace"))
    if row is None:
        raise failure("TaskLogNotFoundException", id=number)
    return _log(row)


@endpoint("GET", LOGS, "vso.build")
async def logs(call: Call) -> object:
    """The logs that were written here, or the lines of one."""
    rows = call.azure.callbacks.logs(plan_of(call))
    if "logid" not in call.route:
        return collection([_log(row) for row in rows])
    for row in rows:
        if str(row["id"]) == call.route["logid"]:
            return collection(row["lines"])
    raise failure("TaskLogNotFoundException", id=call.route["logid"])


@endpoint("PATCH", RECORDS, "vso.build_execute")
async def update_records(call: Call) -> object:
    """How far a task or a check is: `percentComplete`, `currentOperation`, issues; states are the run's own."""
    plan = plan_of(call)
    listed = call.body if isinstance(call.body, list) else mappings(call.object_body(), "value")
    shown: list[Any] = []
    with call.kernel.store.transaction():
        for given in as_mappings(listed, "value"):
            if plan.check is not None:
                call.azure.callbacks.progress(plan, str(given.get("currentOperation") or ""))
                shown.append({**given, "lastModified": call.kernel.clock.iso()})
            else:
                shown.append(_updated(call, plan, as_mapping(given, "value")))
    return collection(shown)


@endpoint("GET", RECORDS, "vso.build")
async def records(call: Call) -> object:
    """The records of a run's plan."""
    plan = plan_of(call)
    rows = Timeline(call.kernel, plan.run["id"]).records() if plan.check is None else []
    return collection([record_view(base_of(call, plan), row) for row in rows])


@endpoint("POST", FEED, "vso.build_execute")
async def feed(call: Call) -> object:
    """Lines for who looks on live: the service keeps them nowhere, nor does this, which says how many there were.

    They may hold what a log would mask.
    """
    plan, record = plan_of(call), call.route["recordid"].lower()
    if plan.check is None and Timeline(call.kernel, plan.run["id"]).find(record) is None:
        raise failure("TimelineRecordNotFoundException", id=record)
    lines = texts(call.object_body(), "value")
    told = {"run": plan.run["id"], "record": record, "lines": len(lines)}
    call.kernel.log.record("LiveLinesReceived", f"run {plan.run['name']}", told)
    return Answer(204)


@endpoint("GET", PLANS, "vso.build")
async def plan(call: Call) -> object:
    """One plan."""
    found = plan_of(call)
    timeline, row = Timeline(call.kernel, found.run["id"]), found.run
    states = {"notStarted": "queued", "completed": "completed"}
    return {
        "planId": found.id,
        "planType": "Build",
        "scopeIdentifier": row["project"],
        "version": 1,
        "state": states.get(row["state"], "inProgress"),
        "startTime": iso(row["started"]),
        "finishTime": iso(row["finished"]),
        "timeline": {"id": timeline.id, "changeId": 1},
        "owner": {"id": row["id"], "name": row["name"]},
    }


def plan_of(call: Call) -> CalledPlan:
    """The plan of the address; a job's token reaches the plan of its own run only."""
    project, identifier = call.project(), call.route["planid"]
    found = call.azure.callbacks.plan(identifier)
    strange = found is not None and call.caller.job is not None and call.caller.job.run != found.run["id"]
    if found is None or strange or found.run["project"] != project["id"]:
        raise failure("TaskOrchestrationPlanNotFoundException", id=identifier)
    return found


def _updated(call: Call, plan: CalledPlan, given: Row) -> Row:
    timeline, identifier = Timeline(call.kernel, plan.run["id"]), str(given.get("id", "")).lower()
    if timeline.find(identifier) is None:
        raise failure("TimelineRecordNotFoundException", id=identifier)
    told = {name: given[name] for name in _TOLD if given.get(name) is not None}
    row = timeline.update(identifier, **told)
    for issue in mappings(given, "issues"):
        kind = str(issue.get("type", "error")).lower()
        if kind in ("error", "warning"):
            timeline.add_issue(identifier, kind, str(issue.get("message") or ""))
            row = timeline.get(identifier)
    return record_view(base_of(call, plan), row)


def base_of(call: Call, plan: CalledPlan) -> str:
    """The address of the build that the plan is of."""
    return f"{call.url}/{plan.run['project']}/_apis/build/builds/{plan.run['id']}"


def _log(row: Row) -> Row:
    return {
        "id": row["id"],
        "path": row["path"],
        "lineCount": len(row["lines"]),
        "createdOn": iso(row["created"]),
        "lastChangedOn": iso(row["changed"]),
    }
