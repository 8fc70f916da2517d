"""Approvals: what waits for whom, and the answer of a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from simulator.azure_devops import identities
from simulator.azure_devops.endpoint import Call, collection, endpoint
from simulator.azure_devops.endpoints.moments import iso
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.organization import Row
from simulator.azure_devops.pipelines.gates.approval_steps import is_open, open_step
from simulator.azure_devops.security import resources
from simulator.azure_devops.shapes import as_mappings, mapping

APPROVALS = "37794717-f36f-4d78-b2bf-4dc30d0cfbcd"
_ANSWERS = ("approved", "rejected")
_MANAGE = "vso.pipelineresources_manage"


def view(call: Call, row: Row, expand: str) -> Row:
    """The Approval of the wire; `expand` names `steps` and `permissions`."""
    definition = None
    if (run := call.azure.runs.find(row["run"])) is not None:
        definition = call.organization.definition(row["project"], run["definition"])
    url = f"{call.url}/{row['project']}/_apis/pipelines/approvals/{row['id']}"
    value: dict[str, Any] = {
        "id": row["id"],
        "steps": [_step(call, row, step, expand) for step in row["steps"]] if "steps" in expand else [],
        "status": row["status"],
        "createdOn": iso(row["created"]),
        "lastModifiedOn": iso(row["changed"]),
        "executionOrder": row["executionOrder"],
        "minRequiredApprovers": row["minRequiredApprovers"],
        "instructions": row["instructions"],
        "blockedApprovers": [call.person_reference(name) for name in row["blockedApprovers"]],
        "_links": {"self": {"href": url}},
    }
    if "permissions" in expand:
        value["permissions"] = _permissions(call, row, row)
    if definition is not None and run is not None:
        owner = {"id": run["id"], "name": run["name"]}
        value["pipeline"] = {"owner": owner, "id": str(definition["id"]), "name": definition["name"]}
    return value


def _step(call: Call, row: Row, step: Row, expand: str) -> Row:
    people = call.person_reference
    value = {
        "assignedApprover": people(step["assignedApprover"]),
        "status": step["status"],
        "comment": step["comment"],
        "order": step["order"],
        "initiatedOn": iso(step["initiated"]),
        "lastModifiedOn": iso(step["changed"]),
        "history": [
            {
                "assignedTo": people(one["assignedTo"]),
                "createdBy": people(one["createdBy"]),
                "createdOn": iso(one["createdOn"]),
                "comment": one["comment"],
            }
            for one in step.get("history", [])
        ],
    }
    if "actualApprover" in step:
        value["actualApprover"] = value["lastModifiedBy"] = people(step["actualApprover"])
    if "deferredTo" in step:
        value["deferredTo"] = iso(step["deferredTo"])
    if "permissions" in expand:
        value["permissions"] = _permissions(call, row, step)
    return value


def _permissions(call: Call, row: Row, of: Row) -> str:
    """What the caller may do with an open approval or step, as flags."""
    found = ["view"]
    mine = open_step(row, call.caller.identity.name)
    if is_open(of) and mine is not None and (of is row or of is mine):
        found += ["update", "reassign"]
    if call.caller.may(_MANAGE) and _administers(call, row):
        found.append("resourceAdmin")
    return ", ".join(found)


def _administers(call: Call, row: Row) -> bool:
    place = resources.place(row["project"], row["resource"]["type"], row["resource"]["id"])
    return place is not None and call.allowed(*place)


def must_administer(call: Call, row: Row) -> None:
    """Refuse who does not administer the resource of an approval or check, by scope or by role."""
    call.requires(_MANAGE)
    if not _administers(call, row):
        who = call.caller.identity.display
        raise failure("ApprovalUnauthorizedException", user=who, id=row["id"])


@endpoint("GET", APPROVALS, "vso.build")
async def approvals(call: Call) -> object:
    """One approval, or those of the project: `approvalIds`, `userIds`, `state`, `top`."""
    project, expand = call.project(), call.query.get("$expand", "").lower()
    if "approvalid" in call.route:
        return view(call, _found(call, project, call.route["approvalid"]), expand)
    rows = call.azure.approvals.of(project["id"])
    if text := call.query.get("approvalids"):
        wanted = text.lower().split(",")
        rows = [row for row in rows if row["id"] in wanted]
    if (state := call.query.get("state", "all").lower()) not in ("all", "undefined"):
        rows = [row for row in rows if row["status"].lower() == state]
    if text := call.query.get("userids") or call.query.get("assignedto"):
        names = {
            found.name
            for one in text.split(",")
            if (found := identities.find(call.organization.topology, one))
        }
        rows = [row for row in rows if any(names & _assigned(step) for step in row["steps"])]
    rows = rows[: call.number("top", len(rows))]
    return collection([view(call, row, expand) for row in rows])


def _assigned(step: Row) -> set[str]:
    return {step["assignedApprover"], *step.get("members", ())}


@endpoint("PATCH", APPROVALS, "vso.build_execute")
async def update(call: Call) -> object:
    """Approve, reject, defer, reassign or skip, each as the person who asks; all or none are carried out."""
    project = call.project()
    updates = as_mappings(call.body, "the request body")
    if not updates:
        raise invalid("The request body must be a list of approval updates.")
    with call.kernel.store.transaction():
        answered = [
            _updated(call, _found(call, project, str(one.get("approvalId", ""))), one) for one in updates
        ]
    return collection([view(call, row, "steps") for row in answered])


def _updated(call: Call, row: Row, given: dict[str, Any]) -> Row:
    who, comment = call.caller.identity, str(given.get("comment") or "")
    if given.get("reassignTo"):
        return _reassigned(call, row, given, comment)
    status = str(given.get("status", "")).lower()
    if status == "skipped":
        must_administer(call, row)
        return call.azure.approvals.skip(row, who, comment)
    deferred = _moment(given["deferredTo"]) if given.get("deferredTo") else None
    if status == "deferred" and deferred is not None:
        status = "approved"
    if status not in _ANSWERS:
        raise failure("InvalidApprovalStatusException", status=status)
    _check_assigned(call, given, row)
    return call.azure.approvals.answer(row, who, status, comment, deferred)


def _reassigned(call: Call, row: Row, given: dict[str, Any], comment: str) -> Row:
    """To whom the open step goes: the caller's own, or, for who manages the resource, that of `assignedApprover`."""
    who, topology = call.caller.identity, call.organization.topology
    to = identities.find(topology, str(mapping(given, "reassignTo").get("id", "")))
    if to is None:
        raise invalid(f"The identity {mapping(given, 'reassignTo').get('id')} could not be found.")
    mine = open_step(row, who.name)
    assigned = mine["assignedApprover"] if mine else who.name
    if named := str(mapping(given, "assignedApprover").get("id", "")):
        found = identities.find(topology, named)
        assigned = found.name if found else named
    if mine is None or assigned != mine["assignedApprover"]:
        must_administer(call, row)
    return call.azure.approvals.reassign(row, assigned, who, to.name, comment)


def _moment(text: object) -> float:
    try:
        return datetime.fromisoformat(str(text)).timestamp()
    except ValueError as wrong:
        raise invalid(f"The value '{text}' of deferredTo is no date.") from wrong


def _check_assigned(call: Call, given: dict[str, Any], row: Row) -> None:
    """An update may name its approver; it is then the caller's own, or a team of the caller's."""
    named = str(mapping(given, "assignedApprover").get("id", "")).lower()
    who, step = call.caller.identity, open_step(row, call.caller.identity.name)
    if (
        named
        and step is not None
        and named not in (who.id, call.organization.identity(step["assignedApprover"]).id)
    ):
        raise failure("ApprovalUnauthorizedException", user=who.display, id=row["id"])


def _found(call: Call, project: Row, identifier: str) -> Row:
    row = call.azure.approvals.find(identifier)
    if row is None or row["project"] != project["id"]:
        raise failure("ApprovalNotFoundException", id=identifier)
    return row
