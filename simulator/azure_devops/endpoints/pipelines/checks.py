"""Checks of resources: approvals on environments; other kinds are refused by name."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops import identities
from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.organization import CHECK, Row, number_key
from simulator.azure_devops.seeding import APPROVAL_CHECK, DEFAULT_CHECK_TIMEOUT_MINUTES
from simulator.azure_devops.shapes import as_mappings, mapping, mappings, number
from simulator.kernel.errors import NotSimulated

CONFIGURATIONS = "86c8381e-5aee-4cde-8ae4-25c0c7f5eaea"
QUERY = "5f3d0e64-f943-4584-8811-77eb495e831e"


def _view(call: Call, row: Row, settings: bool = True) -> Row:
    people = call.organization.person_reference
    creator = people(row["createdBy"])
    url = f"{call.url}/{row['project']}/_apis/pipelines/checks/configurations/{row['id']}"
    value: dict[str, Any] = {
        "createdBy": creator,
        "createdOn": row["created"],
        "modifiedBy": creator,
        "modifiedOn": row["created"],
        "timeout": row["timeout"],
        "id": row["id"],
        "version": row["version"],
        "type": row["type"],
        "url": url,
        "_links": {"self": {"href": url}},
        "resource": row["resource"],
    }
    if settings:
        shown = {
            name: [people(one) for one in row["settings"][name]] for name in ("approvers", "blockedApprovers")
        }
        value["settings"] = {**row["settings"], **shown}
    return value


def _found(call: Call) -> Row:
    project, number = call.project(), call.route["id"]
    row = call.organization.numbered(CHECK, number)
    if row is None or row["project"] != project["id"]:
        raise failure("CheckConfigurationNotFoundException", id=number)
    return row


@endpoint("GET", CONFIGURATIONS, "vso.build")
async def configurations(call: Call) -> object:
    """One check, or those on `resourceType` and `resourceId`; settings with `$expand=settings`."""
    settings = "settings" in call.query.get("$expand", "").lower()
    if "id" in call.route:
        return _view(call, _found(call))
    rows = call.organization.rows(CHECK, call.project()["id"])
    for name in ("type", "id"):
        if text := call.query.get(f"resource{name}"):
            rows = [row for row in rows if row["resource"][name] == text]
    return collection([_view(call, row, settings) for row in rows])


@endpoint("POST", QUERY, "vso.build")
async def query(call: Call) -> object:
    """The checks on several resources."""
    wanted = [(item.get("type"), str(item.get("id"))) for item in as_mappings(call.body, "the body")]
    rows = call.organization.rows(CHECK, call.project()["id"])
    found = [row for row in rows if (row["resource"]["type"], row["resource"]["id"]) in wanted]
    return collection([_view(call, row) for row in found])


@endpoint("POST", CONFIGURATIONS, "vso.environment_manage")
async def add(call: Call) -> object:
    """A new approval check."""
    project = call.project()
    row = {
        "id": call.organization.next_number("check_configuration"),
        "project": project["id"],
        "createdBy": call.caller.identity.name,
        "created": call.kernel.clock.iso(),
        "version": 1,
        **_given(call),
    }
    call.organization.save(CHECK, row)
    return _view(call, row)


@endpoint("PATCH", CONFIGURATIONS, "vso.environment_manage")
async def change(call: Call) -> object:
    """Other settings for a check."""
    row = _found(call)
    changed = {**row, **_given(call), "version": row["version"] + 1}
    call.organization.save(CHECK, changed)
    return _view(call, changed)


@endpoint("DELETE", CONFIGURATIONS, "vso.environment_manage")
async def remove(call: Call) -> object:
    """Remove a check."""
    call.kernel.store.delete(CHECK, number_key(_found(call)["id"]))
    return Answer(204)


def _given(call: Call) -> Row:
    kind, resource = mapping(call.object_body(), "type"), mapping(call.object_body(), "resource")
    if str(kind.get("id", "")).lower() != APPROVAL_CHECK["id"]:
        raise NotSimulated(
            f"check of type {kind.get('name') or kind.get('id')}", "Only approvals are evaluated."
        )
    if resource.get("type") != "environment":
        raise NotSimulated(
            f"approval on a resource of type {resource.get('type')}", "Put it on an environment."
        )
    settings = mapping(call.object_body(), "settings")
    timeout = number(call.object_body(), "timeout", DEFAULT_CHECK_TIMEOUT_MINUTES)
    approvers = _people(call, mappings(settings, "approvers"))
    if not approvers:
        raise invalid("An approval check must have at least one approver.")
    kept = {
        "approvers": approvers,
        "blockedApprovers": _people(call, mappings(settings, "blockedApprovers")),
        "executionOrder": settings.get("executionOrder") or "anyOrder",
        "minRequiredApprovers": number(settings, "minRequiredApprovers", 0),
        "instructions": str(settings.get("instructions") or ""),
        "requesterCannotBeApprover": bool(settings.get("requesterCannotBeApprover")),
    }
    named = {"type": "environment", "id": str(resource.get("id")), "name": str(resource.get("name") or "")}
    return {"type": APPROVAL_CHECK, "settings": kept, "resource": named, "timeout": timeout}


def _people(call: Call, listed: list[Row]) -> list[str]:
    names = []
    for given in listed:
        found = identities.find(
            call.organization.topology, str(given.get("id") or given.get("uniqueName") or "")
        )
        if found is None:
            raise invalid(f"The identity {given.get('id')} could not be found.")
        names.append(found.name)
    return names
