"""Variable groups; the values of secrets go in and never come out."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.errors import failure
from simulator.azure_devops.organization import VARIABLE_GROUP, Row, number_key
from simulator.azure_devops.seeding import variable_group_row
from simulator.azure_devops.shapes import as_mapping, mapping, mappings
from simulator.formats.wildcards import matches
from simulator.kernel.errors import NotSimulated

OF_PROJECT = "f5b09dd5-9d54-45a1-8b5a-1c8287d634cc"
OF_ORGANIZATION = "ef5b7057-ffc3-4c77-bbad-c10b4a4abcc7"


def _view(call: Call, row: Row) -> Row:
    project = call.organization.project(row["project"])
    reference = {"id": project["id"], "name": project["name"]}
    creator = call.organization.person_reference(call.organization.topology.test_person)
    return {
        "variables": {name: _shown(item) for name, item in row["variables"].items()},
        "id": row["id"],
        "type": "Vsts",
        "name": row["name"],
        "description": row["description"],
        "createdBy": creator,
        "createdOn": row["created"],
        "modifiedBy": creator,
        "modifiedOn": row["created"],
        "isShared": False,
        "variableGroupProjectReferences": [
            {"projectReference": reference, "name": row["name"], "description": row["description"]}
        ],
    }


def _shown(item: Row) -> Row:
    return {"value": None, "isSecret": True} if item.get("isSecret") else {"value": item["value"]}


def _find(call: Call, project: str | None) -> Row:
    number = call.route["groupid"]
    row = call.organization.numbered(VARIABLE_GROUP, number)
    seen = row is not None and call.organization.project(row["project"])["name"] in call.caller.projects
    if row is None or not seen or project not in (None, row["project"]):
        raise failure("VariableGroupNotFoundException", id=number)
    return row


@endpoint("GET", OF_PROJECT, "vso.variablegroups_read")
async def groups(call: Call) -> object:
    """The groups of the project whose names match `groupName` (with `*`), or one."""
    project = call.project()
    if "groupid" in call.route:
        return _view(call, _find(call, project["id"]))
    rows = call.organization.rows(VARIABLE_GROUP, project["id"])
    pattern = call.query.get("groupname", "*").lower()
    return collection([_view(call, row) for row in rows if matches(pattern, row["name"].lower())])


@endpoint("POST", OF_ORGANIZATION, "vso.variablegroups_manage")
async def create(call: Call) -> object:
    """A new group in the project that `variableGroupProjectReferences` names."""
    project, name, given = _project(call), str(call.member("name")), call.object_body()
    if call.organization.variable_group_named(project["id"], name):
        raise failure("VariableGroupExistsException", name=name)
    variables = _variables(given, {})
    row = variable_group_row(
        call.organization, project["id"], name, variables, str(given.get("description") or "")
    )
    call.organization.save(VARIABLE_GROUP, row)
    return _view(call, row)


@endpoint("PUT", OF_ORGANIZATION, "vso.variablegroups_manage")
async def replace(call: Call) -> object:
    """Other variables; a secret without a value keeps the one it has."""
    row, given = _find(call, None), call.object_body()
    changed = {**row, "name": str(call.member("name")), "variables": _variables(given, row["variables"])}
    changed["description"] = str(given.get("description") or "")
    call.organization.save(VARIABLE_GROUP, changed)
    return _view(call, changed)


@endpoint("DELETE", OF_ORGANIZATION, "vso.variablegroups_manage")
async def delete(call: Call) -> object:
    """Remove a group."""
    call.kernel.store.delete(VARIABLE_GROUP, number_key(_find(call, None)["id"]))
    return Answer(204)


def _project(call: Call) -> Row:
    listed = mappings(call.object_body(), "variableGroupProjectReferences") or [{}]
    named = mapping(listed[0], "projectReference")
    name = str(named.get("id") or named.get("name") or "")
    return call.visible(call.organization.project(name), name)


def _variables(given: dict[str, Any], before: Row) -> Row:
    if str(given.get("type", "Vsts")).lower() != "vsts":
        raise NotSimulated(f"a variable group of type {given['type']}", "Use type Vsts.")
    found = {}
    for name, entry in mapping(given, "variables").items():
        item = as_mapping(entry, name)
        secret, value = bool(item.get("isSecret")), item.get("value")
        if secret and value is None:
            value = (before.get(name) or {}).get("value", "")
        found[name] = {"value": str(value or ""), "isSecret": secret}
    return found
