"""A run as the build area shows it."""

from __future__ import annotations

import json
from typing import Any

from simulator.azure_devops.endpoint import Call
from simulator.azure_devops.endpoints.build import definition_details, definition_views
from simulator.azure_devops.endpoints.core import projects
from simulator.azure_devops.endpoints.moments import iso
from simulator.azure_devops.errors import failure
from simulator.azure_devops.organization import Row
from simulator.azure_devops.pipelines import definition_history

STATUS = {"canceling": "cancelling"}


def whole(call: Call, row: Row) -> Row:
    """The Build of the wire."""
    organization = call.organization
    definition = definition_of(call, row)
    project = organization.project(row["project"])
    url = f"{call.url}/{project['id']}/_apis/build/Builds/{row['id']}"
    person = call.person_reference(row["requestedFor"])
    repository = organization.repository_of(definition)
    retained = bool(call.azure.leases.of_run(row["id"]))
    value: dict[str, Any] = {
        "_links": _links(call, row, project, url),
        "id": row["id"],
        "buildNumber": row["name"],
        "status": STATUS.get(row["state"], row["state"]),
        "result": row["result"],
        "queueTime": iso(row["created"]),
        "startTime": iso(row["started"]),
        "finishTime": iso(row["finished"]),
        "url": url,
        "definition": definition_views.reference(call, definition),
        "project": projects.reference(call, project),
        "uri": f"vstfs:///Build/Build/{row['id']}",
        "sourceBranch": row["sourceBranch"],
        "sourceVersion": row["sourceVersion"],
        "priority": "normal",
        "reason": _lower(row["reason"]),
        "requestedFor": person,
        "requestedBy": person,
        "lastChangedDate": iso(row["finished"] or row["started"] or row["created"]),
        "parameters": json.dumps(
            {k: v.get("value") for k, v in row["variables"].items() if not v.get("isSecret")}
        ),
        "templateParameters": {name: str(item) for name, item in row["parameters"].items()},
        "orchestrationPlan": {"planId": row["planId"]},
        "queue": {
            "id": 1,
            "name": "Azure Pipelines",
            "pool": {"id": 1, "name": "Azure Pipelines", "isHosted": True},
        },
        "buildNumberRevision": _revision(row["name"]),
        "appendCommitMessageToRunName": True,
        "lastChangedBy": person,
        "keepForever": retained,
        "plans": [{"planId": row["planId"]}],
        "logs": {"id": 0, "type": "Container", "url": f"{url}/logs"},
        "repository": {"id": repository["id"], "type": "TfsGit", "name": repository["name"], "clean": None},
        "tags": row["tags"],
        "properties": definition_details.wire_properties(row.get("properties", {}))["value"],
        "retainedByRelease": False,
        "deleted": row.get("deleted"),
        "deletedDate": iso(row.get("deletedDate")),
        "triggerInfo": row.get("triggerInfo", {}),
        "validationResults": row.get("validationResults", []),
    }
    return {key: item for key, item in value.items() if item is not None}


def _links(call: Call, row: Row, project: Row, url: str) -> Row:
    return {
        "self": {"href": url},
        "web": {"href": f"{call.url}/{project['name']}/_build/results?buildId={row['id']}"},
        "sourceVersionDisplayUri": {"href": f"{url}/sources"},
        "timeline": {"href": f"{url}/Timeline"},
        "badge": {"href": f"{call.url}/{project['id']}/_apis/build/status/{row['definition']}"},
    }


def definition_of(call: Call, row: Row) -> Row:
    """The pipeline of a run, also where it was deleted since."""
    found = call.organization.definition(row["project"], row["definition"])
    known = found or definition_history.deleted(call.kernel, row["definition"])
    assert known is not None, f"run {row['id']} has no pipeline"
    return known


def found(call: Call) -> Row:
    """The build of the route."""
    row = call.azure.runs.find(call.route["buildid"])
    if row is None or row.get("deleted"):
        raise failure("BuildNotFoundException", id=call.route["buildid"])
    project = call.project_or_none()
    call.visible(call.organization.project(row["project"]), row["project"])
    if project is not None and project["id"] != row["project"]:
        raise failure("BuildNotFoundException", id=call.route["buildid"])
    return row


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]


def _revision(name: str) -> int | None:
    last = name.rpartition(".")[2]
    return int(last) if last.isdecimal() and len(last) < 9 else None
