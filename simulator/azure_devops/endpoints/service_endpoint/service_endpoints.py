"""Service connections; their secrets go in and never come out."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.errors import failure
from simulator.azure_devops.organization import SERVICE_ENDPOINT, Row
from simulator.azure_devops.shapes import mapping, mappings

OF_PROJECT = "e85f1c62-adfc-4b74-b618-11a150fb195e"
OF_ORGANIZATION = "14e48fdc-2c8b-41ce-a0c3-e26f6cc55bd0"
_SECRETS = ("password", "sessiontoken", "apitoken", "secret")


def _view(call: Call, row: Row) -> Row:
    project = call.organization.project(row["project"])
    parameters = {
        name: None if name.lower() in _SECRETS else value
        for name, value in row["authorization"]["parameters"].items()
    }
    reference = {"id": project["id"], "name": project["name"]}
    return {
        "data": row["data"],
        "id": row["id"],
        "name": row["name"],
        "type": row["type"],
        "url": row["url"],
        "createdBy": call.organization.person_reference(row["createdBy"]),
        "description": row["description"],
        "authorization": {"scheme": row["authorization"]["scheme"], "parameters": parameters},
        "isShared": False,
        "isReady": True,
        "owner": "Library",
        "serviceEndpointProjectReferences": [
            {"projectReference": reference, "name": row["name"], "description": row["description"]}
        ],
    }


@endpoint("GET", OF_PROJECT, "vso.serviceendpoint")
async def endpoints(call: Call) -> object:
    """The connections of the project (`type`, `endpointNames`), or one."""
    project = call.project()
    rows = call.organization.rows(SERVICE_ENDPOINT, project["id"])
    if wanted := call.route.get("endpointid", "").lower():
        # The real service answers an unknown id with `null`.
        return next((_view(call, row) for row in rows if row["id"] == wanted), None)
    if kind := call.query.get("type", "").lower():
        rows = [row for row in rows if row["type"].lower() == kind]
    if names := call.query.get("endpointnames", "").lower():
        rows = [row for row in rows if row["name"].lower() in names.split(",")]
    return collection([_view(call, row) for row in rows])


@endpoint("POST", OF_ORGANIZATION, "vso.serviceendpoint_manage")
async def create(call: Call) -> object:
    """A new connection."""
    given = call.object_body()
    listed = mappings(given, "serviceEndpointProjectReferences") or [{}]
    named = mapping(listed[0], "projectReference")
    reference = str(named.get("id") or named.get("name") or "")
    project = call.visible(call.organization.project(reference), reference)
    name = str(call.member("name"))
    if call.organization.service_endpoint_named(project["id"], name):
        raise failure("DuplicateServiceConnectionException", name=name)
    row = {"id": call.kernel.ids.uuid(), "project": project["id"], **_given(call, {})}
    call.organization.save(SERVICE_ENDPOINT, row)
    return _view(call, row)


@endpoint("PUT", OF_ORGANIZATION, "vso.serviceendpoint_manage")
async def replace(call: Call) -> object:
    """Other settings; a secret without a value keeps the one it has."""
    row = _found(call)
    changed = {**row, **_given(call, row["authorization"]["parameters"])}
    call.organization.save(SERVICE_ENDPOINT, changed)
    return _view(call, changed)


@endpoint("DELETE", OF_ORGANIZATION, "vso.serviceendpoint_manage")
async def delete(call: Call) -> object:
    """Remove a connection."""
    call.kernel.store.delete(SERVICE_ENDPOINT, _found(call)["id"])
    return Answer(204)


def _found(call: Call) -> Row:
    wanted = call.route["endpointid"].lower()
    row = call.kernel.store.get(SERVICE_ENDPOINT, wanted)
    if row is None or call.organization.project(row["project"])["name"] not in call.caller.projects:
        raise failure("ServiceEndpointNotFoundException", id=wanted)
    return row


def _given(call: Call, before: dict[str, Any]) -> Row:
    given, authorization = call.object_body(), mapping(call.object_body(), "authorization")
    parameters = mapping(authorization, "parameters")
    for name, value in before.items():
        if name.lower() in _SECRETS and not parameters.get(name):
            parameters[name] = value
    return {
        "name": str(call.member("name")),
        "type": str(call.member("type")),
        "url": str(given.get("url") or ""),
        "description": str(given.get("description") or ""),
        "authorization": {"scheme": authorization.get("scheme", ""), "parameters": parameters},
        "data": mapping(given, "data"),
        "createdBy": call.caller.identity.name,
    }
