"""Approvals: what waits for whom, and the answer of a person."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops import identities
from simulator.azure_devops.endpoint import Call, collection, endpoint
from simulator.azure_devops.endpoints.moments import iso
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.organization import Row
from simulator.azure_devops.pipelines.gates.approvals import open_step
from simulator.azure_devops.shapes import as_mappings, mapping

APPROVALS = "37794717-f36f-4d78-b2bf-4dc30d0cfbcd"
_ANSWERS = ("approved", "rejected")


def view(call: Call, row: Row, steps: bool) -> Row:
    """The Approval of the wire; `steps` with `$expand=steps`."""
    definition = None
    if (run := call.azure.runs.find(row["run"])) is not None:
        definition = call.organization.definition(row["project"], run["definition"])
    url = f"{call.url}/{row['project']}/_apis/pipelines/approvals/{row['id']}"
    value: dict[str, Any] = {
        "id": row["id"],
        "status": row["status"],
        "createdOn": iso(row["created"]),
        "lastModifiedOn": iso(row["changed"]),
        "executionOrder": row["executionOrder"],
        "minRequiredApprovers": row["minRequiredApprovers"],
        "instructions": row["instructions"],
        "blockedApprovers": [call.organization.person_reference(name) for name in row["blockedApprovers"]],
        "_links": {"self": {"href": url}},
    }
    if definition is not None and run is not None:
        owner = {"id": run["id"], "name": run["name"]}
        value["pipeline"] = {"owner": owner, "id": str(definition["id"]), "name": definition["name"]}
    if steps:
        value["steps"] = [_step(call, step) for step in row["steps"]]
    return value


def _step(call: Call, step: Row) -> Row:
    value = {
        "assignedApprover": call.organization.person_reference(step["assignedApprover"]),
        "status": step["status"],
        "comment": step["comment"],
        "order": step["order"],
        "initiatedOn": iso(step["initiated"]),
        "lastModifiedOn": iso(step["changed"]),
        "history": [],
    }
    if "actualApprover" in step:
        value["actualApprover"] = call.organization.person_reference(step["actualApprover"])
    return value


def _expanded(call: Call) -> bool:
    return "steps" in call.query.get("$expand", "").lower()


@endpoint("GET", APPROVALS, "vso.build")
async def approvals(call: Call) -> object:
    """One approval, or those of the project: `approvalIds`, `userIds`, `state`."""
    project = call.project()
    if "approvalid" in call.route:
        return view(call, _found(call, project, call.route["approvalid"]), _expanded(call))
    rows = call.azure.approvals.of(project["id"])
    if text := call.query.get("approvalids"):
        wanted = text.lower().split(",")
        rows = [row for row in rows if row["id"] in wanted]
    if (state := call.query.get("state", "all").lower()) != "all":
        rows = [row for row in rows if row["status"].lower() == state]
    if text := call.query.get("userids"):
        names = {
            found.name
            for one in text.split(",")
            if (found := identities.find(call.organization.topology, one))
        }
        rows = [row for row in rows if names & {step["assignedApprover"] for step in row["steps"]}]
    return collection([view(call, row, _expanded(call)) for row in rows])


@endpoint("PATCH", APPROVALS, "vso.build_execute")
async def update(call: Call) -> object:
    """Approve or reject, each update by the person who asks; all or none are carried out."""
    project = call.project()
    updates = as_mappings(call.body, "the request body")
    if not updates:
        raise invalid("The request body must be a list of approval updates.")
    answered = []
    with call.kernel.store.transaction():
        for given in updates:
            row = _found(call, project, str(given.get("approvalId", "")))
            status = str(given.get("status", "")).lower()
            if given.get("reassignTo") or given.get("deferredTo"):
                raise invalid("Reassigning or deferring an approval is not simulated.")
            if status not in _ANSWERS:
                raise failure("InvalidApprovalStatusException", status=status)
            _check_assigned(call, given, row)
            answered.append(
                call.azure.approvals.answer(
                    row, call.caller.identity, status, str(given.get("comment") or "")
                )
            )
    return collection([view(call, row, steps=True) for row in answered])


def _check_assigned(call: Call, given: dict[str, Any], row: Row) -> None:
    """An update may name its approver; it is then the caller's own."""
    named = str(mapping(given, "assignedApprover").get("id", ""))
    who = call.caller.identity
    if named and named.lower() != who.id and open_step(row, who.name) is not None:
        raise failure("ApprovalUnauthorizedException", user=who.display, id=row["id"])


def _found(call: Call, project: Row, identifier: str) -> Row:
    row = call.azure.approvals.find(identifier)
    if row is None or row["project"] != project["id"]:
        raise failure("ApprovalNotFoundException", id=identifier)
    return row
