"""Check suites: the checks of a stage as they stand, evaluated on request, and what an administrator does with one.

A suite's id is that of the stage's checkpoint record. Suites that a request evaluates by itself belong to no run.
"""

from __future__ import annotations

from simulator.azure_devops.endpoint import Call, endpoint
from simulator.azure_devops.endpoints.moments import iso
from simulator.azure_devops.endpoints.pipelines.approvals import must_administer
from simulator.azure_devops.endpoints.pipelines.checks import reference
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.organization import CHECK, Row
from simulator.azure_devops.pipelines.gates import check_types
from simulator.azure_devops.pipelines.timeline import Timeline
from simulator.azure_devops.shapes import mapping
from simulator.kernel.errors import NotSimulated

RUNS = "91282c1d-c183-444f-9554-1485bfb3879d"
_OPEN = ("running", "queued", "deferred")
_ACTIONS = {"0": "rerun", "1": "bypass", "2": "defer"}
_STATES = {"pending": "running", "skipped": "bypassed"}


@endpoint("GET", RUNS, "vso.build")
async def suite(call: Call) -> object:
    """The check suite of a stage."""
    return _suite(call, call.project(), call.route["checksuiteid"])


@endpoint("PATCH", RUNS, "vso.build_execute")
async def update(call: Call) -> object:
    """Rerun or bypass one check of a suite; who bypasses must manage the resource."""
    project, given = call.project(), {name.lower(): value for name, value in call.object_body().items()}
    action = str(given.get("action", "rerun")).lower()
    action = _ACTIONS.get(action, action)
    wanted = str(given.get("checkid", "")).lower()
    row = call.azure.gates.checks.find(wanted)
    approval = call.azure.approvals.find(wanted)
    if (row or approval or {"project": ""})["project"] != project["id"]:
        raise failure("CheckRunNotFoundException", id=wanted)
    if action == "bypass":
        if (guarded := approval or row) is not None:
            must_administer(call, guarded)
        if approval is not None:
            call.azure.approvals.skip(approval, call.caller.identity, "Check was bypassed.")
        elif row is not None and row["status"] == "running":
            call.azure.gates.checks.bypass(row, call.caller.identity.name)
    elif action == "rerun" and row is not None:
        if row["status"] == "running":
            await call.azure.gates.checks.rerun(row)
    else:
        raise NotSimulated(f"the action {action} on a check run", "Expected rerun or bypass.")
    return _suite(call, project, call.route["checksuiteid"])


@endpoint("POST", RUNS, "vso.build_execute")
async def evaluate(call: Call) -> object:
    """What orchestrators of their own ask; ours asks by itself, so a suite without checks is all that it can answer."""
    project, given = call.project(), call.object_body()
    identifier, context = str(given.get("id") or call.kernel.ids.uuid()), mapping(given, "context")
    for resource in given.get("resources") or []:
        kind, name = str(resource.get("type", "")).lower(), str(resource.get("id", ""))
        if call.organization.checks_of(kind, name):
            raise NotSimulated(
                f"evaluating the checks of {kind} {name} outside of a run",
                "They are evaluated before stages.",
            )
    url = f"{call.url}/{project['id']}/_apis/pipelines/checks/runs"
    links = {"self": {"href": url}}
    done = {"status": "approved", "message": "", "completedDate": call.kernel.clock.iso(), "checkRuns": []}
    return {**done, "_links": links, "id": identifier, "context": context}


def _suite(call: Call, project: Row, identifier: str) -> Row:
    for run in call.azure.runs.of(project["id"]):
        timeline = Timeline(call.kernel, run["id"])
        checkpoint = timeline.find(identifier.lower())
        if checkpoint is not None and checkpoint["type"] == "Checkpoint":
            return _shown(call, project, run, timeline, checkpoint)
    raise failure("CheckSuiteNotFoundException", id=identifier)


def _shown(call: Call, project: Row, run: Row, timeline: Timeline, checkpoint: Row) -> Row:
    rows = [row for row in timeline.records() if row["parentId"] == checkpoint["id"]]
    shown = [_run(call, row["id"]) for row in rows]
    stage = timeline.get(checkpoint["parentId"])
    definition = call.organization.definition(run["project"], run["definition"]) or {"name": ""}
    url = f"{call.url}/{project['id']}/_apis/pipelines/checks/runs"
    owner = {"Id": run["id"], "Name": run["name"]}
    value: Row = {
        "status": _status([one["status"] for one in shown]),
        "message": "",
        "checkRuns": shown,
        "_links": {"self": {"href": url}},
        "id": checkpoint["id"],
        "context": {
            "Id": checkpoint["id"],
            "PlanId": run["planId"],
            "HubName": "Build",
            "Project": {"Id": project["id"], "Name": project["name"]},
            "Pipeline": {"Owner": owner, "Id": str(run["definition"]), "Name": definition["name"]},
            "GraphNode": {"Attempt": stage["attempt"], "Id": stage["id"], "Name": stage["identifier"]},
        },
    }
    if checkpoint["finishTime"]:
        value["completedDate"] = iso(checkpoint["finishTime"])
    return value


def _run(call: Call, identifier: str) -> Row:
    row = call.azure.gates.checks.find(identifier) or call.azure.approvals.find(identifier)
    if row is None:
        raise invalid(f"The check run {identifier} is gone.")
    status = _STATES.get(row["status"], row["status"])
    configuration = call.organization.numbered(CHECK, row["check"])
    kind = row.get("type") or {"id": check_types.APPROVAL, "name": "Approval"}
    value: Row = {
        "id": row["id"],
        "createdDate": iso(row["created"]),
        "checkConfigurationRef": reference(call, configuration)
        if configuration
        else {"id": row["check"], "type": kind, "resource": row["resource"]},
        "status": status,
        "resultMessage": row.get("message", ""),
    }
    if "updates" in row:
        value["resultUpdates"] = [
            {"status": one["status"], "modifiedOn": iso(one["on"])} for one in row["updates"]
        ]
    if status not in _OPEN:
        value["completedDate"] = iso(row.get("completed") or row.get("changed"))
    return value


def _status(states: list[str]) -> str:
    for bad in ("rejected", "timedOut", "canceled", "running", "deferred"):
        if bad in states:
            return bad
    return "approved"
