"""Builds: the older face of runs, with timeline, logs, tags, stages and cancelling."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.endpoints import run_requests
from simulator.azure_devops.endpoints.build import definitions
from simulator.azure_devops.endpoints.core import projects
from simulator.azure_devops.endpoints.moments import iso
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.organization import Row
from simulator.azure_devops.pipelines.run_logs import RunLogs
from simulator.azure_devops.pipelines.runs import RunRequest
from simulator.azure_devops.shapes import as_mapping, mapping

BUILDS = "0cd358e1-9217-4d94-8269-1c1ee6f93dcf"
LOGS = "35a80daf-7f30-45fc-86e8-6b813d9c90df"
TAGS = "6e6114b2-8161-44c8-8f6c-c5505782427f"
_STATUS = {"canceling": "cancelling"}


def view(call: Call, row: Row) -> Row:
    """The Build of the wire."""
    organization = call.organization
    definition = organization.definition(row["project"], row["definition"])
    assert definition is not None
    project = organization.project(row["project"])
    url = f"{call.url}/{project['id']}/_apis/build/Builds/{row['id']}"
    person = organization.person_reference(row["requestedFor"])
    repository = organization.repository_of(definition)
    reason = row["reason"][0].lower() + row["reason"][1:]
    value: dict[str, Any] = {
        "_links": {
            "self": {"href": url},
            "web": {"href": f"{call.url}/{project['name']}/_build/results?buildId={row['id']}"},
            "timeline": {"href": f"{url}/Timeline"},
        },
        "id": row["id"],
        "buildNumber": row["name"],
        "status": _STATUS.get(row["state"], row["state"]),
        "result": row["result"],
        "queueTime": iso(row["created"]),
        "startTime": iso(row["started"]),
        "finishTime": iso(row["finished"]),
        "url": url,
        "definition": definitions.reference(call, definition),
        "project": projects.reference(call, project),
        "uri": f"vstfs:///Build/Build/{row['id']}",
        "sourceBranch": row["sourceBranch"],
        "sourceVersion": row["sourceVersion"],
        "priority": "normal",
        "reason": reason,
        "requestedFor": person,
        "requestedBy": person,
        "lastChangedDate": iso(row["finished"] or row["started"] or row["created"]),
        "parameters": json.dumps(
            {k: v.get("value") for k, v in row["variables"].items() if not v.get("isSecret")}
        ),
        "templateParameters": {name: str(item) for name, item in row["parameters"].items()},
        "orchestrationPlan": {"planId": row["planId"]},
        "plans": [{"planId": row["planId"]}],
        "logs": {"id": 0, "type": "Container", "url": f"{url}/logs"},
        "repository": {"id": repository["id"], "type": "TfsGit", "name": repository["name"], "clean": None},
        "tags": row["tags"],
        "properties": {},
        "retainedByRelease": False,
        "triggeredByBuild": None,
        "triggerInfo": row.get("triggerInfo", {}),
        "validationResults": row.get("validationResults", []),
    }
    return {key: item for key, item in value.items() if item is not None}


def found(call: Call) -> Row:
    """The build of the route."""
    row = call.azure.runs.find(call.route["buildid"])
    if row is None:
        raise failure("BuildNotFoundException", id=call.route["buildid"])
    project = call.project_or_none()
    call.visible(call.organization.project(row["project"]), row["project"])
    if project is not None and project["id"] != row["project"]:
        raise failure("BuildNotFoundException", id=call.route["buildid"])
    return row


@endpoint("GET", BUILDS, "vso.build")
async def builds(call: Call) -> object:
    """One build, or those that fit: `definitions`, `branchName`, `statusFilter`, `resultFilter`, `$top`."""
    if "buildid" in call.route:
        return view(call, found(call))
    rows = call.azure.runs.of(call.project()["id"])
    wanted = {
        int(number) for number in call.query.get("definitions", "").split(",") if number.strip().isdecimal()
    }
    tests: dict[str, Callable[[Row, str], bool]] = {
        "branchname": lambda row, text: row["sourceBranch"] == text,
        "buildnumber": lambda row, text: row["name"] == text,
        "statusfilter": lambda row, text: (
            text == "all" or _STATUS.get(row["state"], row["state"]) in text.split(",")
        ),
        "resultfilter": lambda row, text: row["result"] in text.split(","),
        "reasonfilter": lambda row, text: text == "all" or row["reason"].lower() == text.lower(),
        "buildids": lambda row, text: str(row["id"]) in text.split(","),
    }
    for name, fits in tests.items():
        if text := call.query.get(name):
            rows = [row for row in rows if fits(row, text)]
    chosen = [row for row in rows if not wanted or row["definition"] in wanted]
    if call.query.get("queryorder", "").lower().endswith("ascending"):
        chosen.reverse()
    return collection([view(call, row) for row in chosen[: call.number("$top", 1000)]])


@endpoint("POST", BUILDS, "vso.build_execute")
async def queue(call: Call) -> object:
    """Queue a build of `definition.id`."""
    given = call.object_body()
    number = mapping(given, "definition").get("id") or call.query.get("definitionid", "")
    row = call.organization.definition(call.project()["id"], str(number))
    if row is None:
        raise failure("DefinitionNotFoundException", id=number)
    branch, version = str(given.get("sourceBranch") or ""), str(given.get("sourceVersion") or "")
    ref, commit = await run_requests.version_of(call, row, branch, version)
    variables = _parameters(given.get("parameters"))
    request = RunRequest(
        row,
        ref,
        commit,
        "Manual",
        call.caller.identity.name,
        mapping(given, "templateParameters"),
        {name: {"value": str(value)} for name, value in variables.items()},
        key=run_requests.request_key(call, row),
    )
    return view(call, await call.azure.queue.queue(request))


def _parameters(text: Any) -> dict[str, Any]:
    """The variables of a build: an object as JSON text, as the service has them."""
    try:
        return as_mapping(json.loads(str(text or "{}")), "parameters")
    except ValueError as error:
        raise invalid(f"The value of parameters is not valid JSON: {error}") from error


@endpoint("PATCH", BUILDS, "vso.build_execute")
async def change(call: Call) -> object:
    """Cancel a build (`status: cancelling`); nothing else of a YAML run can be changed."""
    row = found(call)
    status = str(call.object_body().get("status", "")).lower()
    if status != "cancelling":
        raise invalid(f"The build status '{status}' cannot be set. Expected cancelling.")
    call.azure.coordinator.cancel(row)
    return view(call, call.azure.runs.get(row["id"]))


@endpoint("GET", LOGS, "vso.build")
async def logs(call: Call) -> object:
    """The logs of a build; one as text, or as JSON lines, from `startLine` to `endLine`."""
    row = found(call)
    store = RunLogs(call.kernel, row["id"])
    base = f"{call.url}/{row['project']}/_apis/build/builds/{row['id']}/logs"
    wanted = call.route.get("logid")
    if not wanted:
        return collection([_log(store, base, log) for log in store.rows()])
    if store.find(wanted) is None:
        raise failure("BuildLogNotFoundException", id=wanted, build=row["id"])
    lines = store.lines(int(wanted))
    lines = lines[max(0, call.number("startline", 0)) : call.number("endline", len(lines)) or None]
    if "application/json" in call.headers.get("accept", ""):
        return collection(lines)
    text = "".join(f"{line}\n" for line in lines)
    return Answer(content=text.encode(), content_type="text/plain; charset=utf-8")


def _log(store: RunLogs, base: str, log: Row) -> Row:
    return {
        "lineCount": len(store.lines(log["id"])),
        "createdOn": iso(log["created"]),
        "lastChangedOn": iso(log["changed"]),
        "id": log["id"],
        "type": "Container",
        "url": f"{base}/{log['id']}",
    }


@endpoint("GET", TAGS, "vso.build")
async def tags(call: Call) -> object:
    """The tags of a build."""
    return collection(found(call)["tags"])


@endpoint("PUT", TAGS, "vso.build_execute")
async def add_tag(call: Call) -> object:
    """One more tag."""
    row = found(call)
    listed = [*row["tags"], *([call.route["tag"]] if call.route["tag"] not in row["tags"] else [])]
    call.azure.runs.update(row["id"], tags=listed)
    return collection(listed)
