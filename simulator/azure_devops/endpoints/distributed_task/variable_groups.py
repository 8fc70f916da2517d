"""Variable groups; the values of secrets go in and never come out."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.endpoints import shared_rows
from simulator.azure_devops.errors import failure
from simulator.azure_devops.organization import VARIABLE_GROUP, Row, number_key
from simulator.azure_devops.security import tokens
from simulator.azure_devops.security.defaults import LIBRARY_ADMINISTRATOR
from simulator.azure_devops.security.namespaces import LIBRARY
from simulator.azure_devops.seeding import variable_group_row
from simulator.azure_devops.shapes import as_mapping, as_mappings, mapping, mappings
from simulator.formats.wildcards import matches
from simulator.kernel.errors import NotSimulated

OF_PROJECT = "f5b09dd5-9d54-45a1-8b5a-1c8287d634cc"
OF_ORGANIZATION = "ef5b7057-ffc3-4c77-bbad-c10b4a4abcc7"
_READ, _MANAGE = "vso.variablegroups_read", "vso.variablegroups_manage"


def _view(call: Call, row: Row, here: str = "") -> Row:
    people, tester = call.person_reference, call.organization.topology.test_person
    listed = shared_rows.listed(row)
    own = next((one for one in listed if one["project"] == here), listed[0])
    return {
        "variables": {name: _shown(item) for name, item in row["variables"].items()},
        "id": row["id"],
        "type": "Vsts",
        "name": own["name"],
        "description": own["description"],
        "createdBy": people(str(row.get("createdBy") or tester)),
        "createdOn": row["created"],
        "modifiedBy": people(str(row.get("modifiedBy") or row.get("createdBy") or tester)),
        "modifiedOn": row.get("modified") or row["created"],
        "isShared": len(listed) > 1,
        "variableGroupProjectReferences": [_reference(call, one) for one in listed],
    }


def _reference(call: Call, one: Row) -> Row:
    project = {"id": one["project"], "name": call.organization.project(one["project"])["name"]}
    return {"projectReference": project, "name": one["name"], "description": one["description"]}


def _shown(item: Row) -> Row:
    value: Row = {"value": None, "isSecret": True} if item.get("isSecret") else {"value": item["value"]}
    return {**value, "isReadOnly": True} if item.get("isReadOnly") else value


def _find(call: Call) -> Row:
    number = call.route["groupid"]
    row = call.organization.numbered(VARIABLE_GROUP, number)
    if row is None or call.organization.project(row["project"])["name"] not in call.caller.projects:
        raise failure("VariableGroupNotFoundException", id=number)
    return row


@endpoint("GET", OF_PROJECT, _READ)
async def groups(call: Call) -> object:
    """The groups of the project (`groupName` with `*`, `groupIds`, `$top`, `queryOrder`), or one."""
    project = call.project()["id"]
    rows = call.organization.seen(VARIABLE_GROUP, project)
    if "groupid" in call.route:
        found = next((row for row in rows if str(row["id"]) == call.route["groupid"]), None)
        if found is None:
            raise failure("VariableGroupNotFoundException", id=call.route["groupid"])
        return _view(call, found, project)
    rows = call.permitted(
        LIBRARY, "View", rows, lambda row: tokens.library(row["project"], "VariableGroup", row["id"])
    )
    pattern = call.query.get("groupname", "").lower() or "*"
    rows = [row for row in rows if matches(pattern, row["name"].lower())]
    if text := call.query.get("groupids", ""):
        rows = [row for row in rows if str(row["id"]) in text.split(",")]
    if call.query.get("queryorder", "").lower() == "iddescending":
        rows.reverse()
    return collection([_view(call, row, project) for row in rows[: call.number("$top", len(rows))]])


async def create(call: Call) -> object:
    """A new group in the projects that `variableGroupProjectReferences` names, or in that of the address."""
    given, name = call.object_body(), str(call.member("name"))
    variables = _variables(given, {})
    first, *others = shared_rows.references(call, given, "variableGroupProjectReferences")
    for one in (first, *others):
        if call.organization.variable_group_named(one["project"], one["name"]):
            raise failure("VariableGroupExistsException", name=one["name"])
    description = first["description"] or str(given.get("description") or "")
    row = variable_group_row(
        call.organization, first["project"], first["name"] or name, variables, description
    )
    row |= {"createdBy": call.caller.identity.name, "shared": others}
    with call.kernel.store.transaction():
        call.organization.save(VARIABLE_GROUP, row)
        token = tokens.library(row["project"], "VariableGroup", row["id"])
        call.owns(LIBRARY, token, *LIBRARY_ADMINISTRATOR)
    return _view(call, row)


async def replace(call: Call) -> object:
    """Other variables; a secret without a value keeps the one it has."""
    row, given, name = _find(call), call.object_body(), str(call.member("name"))
    other = call.organization.variable_group_named(row["project"], name)
    if other is not None and other["id"] != row["id"]:
        raise failure("VariableGroupExistsException", name=name)
    changed = {**row, "name": name, "variables": _variables(given, row["variables"])}
    changed["description"] = str(given.get("description") or "")
    if listed := mappings(given, "variableGroupProjectReferences"):
        named = [shared_rows.reference(call, one, name) for one in listed]
        changed["shared"] = [one for one in named if one["project"] != row["project"]]
    changed |= {"modifiedBy": call.caller.identity.name, "modified": call.kernel.clock.iso()}
    call.organization.save(VARIABLE_GROUP, changed)
    return _view(call, changed)


async def delete(call: Call) -> object:
    """Remove a group from the projects of `projectIds`; from its last one, altogether."""
    row = _find(call)
    left = shared_rows.removed(call, row)
    if left is not None:
        call.organization.save(VARIABLE_GROUP, left)
    else:
        call.kernel.store.delete(VARIABLE_GROUP, number_key(row["id"]))
    return Answer(204)


@endpoint("PATCH", OF_ORGANIZATION, _MANAGE)
async def share(call: Call) -> object:
    """Give the group of `variableGroupId` to further projects."""
    row = call.organization.numbered(VARIABLE_GROUP, call.query.get("variablegroupid", ""))
    if row is None or call.organization.project(row["project"])["name"] not in call.caller.projects:
        raise failure("VariableGroupNotFoundException", id=call.query.get("variablegroupid", ""))
    new = shared_rows.added(call, row, as_mappings(call.body, "the request body"))
    row["shared"] = [*row.get("shared", []), *new]
    call.organization.save(VARIABLE_GROUP, row)
    return Answer(204)


for _location in (OF_PROJECT, OF_ORGANIZATION):
    endpoint("POST", _location, _MANAGE)(create)
    endpoint("PUT", _location, _MANAGE)(replace)
    endpoint("DELETE", _location, _MANAGE)(delete)


def _variables(given: dict[str, Any], before: Row) -> Row:
    if str(given.get("type") or "Vsts").lower() != "vsts":
        raise NotSimulated(f"a variable group of type {given['type']}", "Use type Vsts.")
    found = {}
    for name, entry in mapping(given, "variables").items():
        item = as_mapping(entry, name)
        secret, value = bool(item.get("isSecret")), item.get("value")
        if secret and value is None:
            value = (before.get(name) or {}).get("value", "")
        found[name] = {"value": str(value or ""), "isSecret": secret}
        if item.get("isReadOnly"):
            found[name]["isReadOnly"] = True
    return found
