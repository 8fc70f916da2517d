"""Checks of protected resources: what is configured on them."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.endpoints.pipelines.check_settings import given_settings, given_type, shown
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.organization import CHECK, Row, number_key
from simulator.azure_devops.pipelines.gates.permissions import TYPES
from simulator.azure_devops.seeding import DEFAULT_CHECK_TIMEOUT_MINUTES
from simulator.azure_devops.shapes import as_mappings, mapping, number

CONFIGURATIONS = "86c8381e-5aee-4cde-8ae4-25c0c7f5eaea"
QUERY = "5f3d0e64-f943-4584-8811-77eb495e831e"
_MANAGE = "vso.pipelineresources_manage"


def reference(call: Call, row: Row) -> dict[str, Any]:
    """A CheckConfigurationRef."""
    url = f"{call.url}/{row['project']}/_apis/pipelines/checks/configurations/{row['id']}"
    resource = {name: value for name, value in row["resource"].items() if value}
    return {"id": row["id"], "version": row["version"], "type": row["type"], "url": url, "resource": resource}


def _view(call: Call, row: Row, settings: bool = True) -> Row:
    people = call.person_reference
    named = reference(call, row)
    value: dict[str, Any] = {
        "createdBy": people(row["createdBy"]),
        "createdOn": row["created"],
        "modifiedBy": people(str(row.get("modifiedBy") or row["createdBy"])),
        "modifiedOn": row.get("modified", row["created"]),
        "timeout": row["timeout"],
        "isDisabled": bool(row.get("isDisabled")),
        **named,
        "_links": {"self": {"href": named["url"]}},
    }
    if settings:
        value["settings"] = shown(call, row["settings"])
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
            rows = [row for row in rows if row["resource"][name].lower() == text.lower()]
    return collection([_view(call, row, settings) for row in rows])


@endpoint("POST", QUERY, "vso.build")
async def query(call: Call) -> object:
    """The checks on several resources."""
    wanted = [
        (str(item.get("type")).lower(), str(item.get("id")).lower())
        for item in as_mappings(call.body, "the body")
    ]
    rows = call.organization.rows(CHECK, call.project()["id"])
    found = [
        row for row in rows if (row["resource"]["type"].lower(), row["resource"]["id"].lower()) in wanted
    ]
    return collection([_view(call, row) for row in found])


@endpoint("POST", CONFIGURATIONS, _MANAGE)
async def add(call: Call) -> object:
    """A new check on a resource."""
    project = call.project()
    row = {
        "id": call.organization.next_number("check_configuration"),
        "project": project["id"],
        "createdBy": call.caller.identity.name,
        "created": call.kernel.clock.iso(),
        "version": 1,
        "resource": _resource(call),
        **_given(call, {}),
    }
    call.organization.save(CHECK, row)
    return _view(call, row)


@endpoint("PATCH", CONFIGURATIONS, _MANAGE)
async def change(call: Call) -> object:
    """Other settings for a check."""
    row = _found(call)
    changed = {**row, **_given(call, row["settings"]), "version": row["version"] + 1}
    if mapping(call.object_body(), "resource"):
        changed["resource"] = _resource(call)
    changed.update(modifiedBy=call.caller.identity.name, modified=call.kernel.clock.iso())
    call.organization.save(CHECK, changed)
    return _view(call, changed)


@endpoint("DELETE", CONFIGURATIONS, _MANAGE)
async def remove(call: Call) -> object:
    """Remove a check."""
    call.kernel.store.delete(CHECK, number_key(_found(call)["id"]))
    return Answer(204)


def _resource(call: Call) -> Row:
    resource = mapping(call.object_body(), "resource")
    kind = str(resource.get("type", "")).lower()
    if kind not in TYPES or not str(resource.get("id") or ""):
        raise invalid(f"A check stands on a resource with an id, of type {', '.join(TYPES)}.")
    return {"type": kind, "id": str(resource["id"]), "name": str(resource.get("name") or "")}


def _given(call: Call, before: Row) -> Row:
    kind = given_type(call)
    settings = given_settings(call, kind["id"], before)
    timeout = number(call.object_body(), "timeout", DEFAULT_CHECK_TIMEOUT_MINUTES)
    if not 1 <= timeout <= DEFAULT_CHECK_TIMEOUT_MINUTES:
        raise invalid(f"The timeout must be between 1 and {DEFAULT_CHECK_TIMEOUT_MINUTES} minutes.")
    disabled = bool(call.object_body().get("isDisabled"))
    return {"type": kind, "settings": settings, "timeout": timeout, "isDisabled": disabled}
