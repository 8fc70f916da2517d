"""Service connections as requests give them, checked by their type, and as answers show them."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops import connection_types
from simulator.azure_devops.endpoint import Call
from simulator.azure_devops.endpoints import shared_rows
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.organization import Row
from simulator.azure_devops.shapes import mapping
from simulator.kernel.errors import NotSimulated


def connection(call: Call, given: Row, before: Row) -> Row:
    """The members of a connection that a request says; a secret that is not given stays as it was."""
    name, kind = str(given.get("name") or ""), str(given.get("type") or before.get("type") or "")
    if not name or not kind:
        raise failure("VssPropertyValidationException", parameter="type" if name else "name")
    found = connection_types.find(kind)
    if found is None:
        raise NotSimulated(
            f"service connection type {kind}", "Types stand in simulator/azure_devops/connection_types.py."
        )
    authorization = mapping(given, "authorization")
    parameters = dict(mapping(authorization, "parameters"))
    for key, value in (before.get("authorization") or {"parameters": {}})["parameters"].items():
        if connection_types.secret(key) and not parameters.get(key):
            parameters[key] = value
    scheme = connection_types.scheme_of(found, str(authorization.get("scheme") or ""))
    if scheme is None:
        raise invalid(
            f"The authorization scheme {authorization.get('scheme')} is not valid for the type {found.name}."
        )
    data = mapping(given, "data")
    lacking = connection_types.missing(scheme.inputs, parameters) or connection_types.missing(
        found.inputs, data
    )
    if lacking:
        raise invalid(f"The required parameter {lacking} of the service connection {name} is missing.")
    url = str(given.get("url") or found.url)
    if found.needs_url and not url:
        raise invalid(f"The service connection {name} must have a URL.")
    return {
        "name": name,
        "type": kind,
        "url": url,
        "description": str(given.get("description") or ""),
        "authorization": {"scheme": authorization.get("scheme") or scheme.name, "parameters": parameters},
        "data": data,
        "createdBy": before.get("createdBy") or call.caller.identity.name,
    }


def view(call: Call, row: Row, here: str = "") -> Row:
    """The ServiceEndpoint of the wire, as the project `here` (an id) sees it."""
    parameters = {
        name: None if connection_types.secret(name) else value
        for name, value in row["authorization"]["parameters"].items()
    }
    listed = shared_rows.listed(row)
    own = next((one for one in listed if one["project"] == here), listed[0])
    value: dict[str, Any] = {
        "data": row["data"],
        "id": row["id"],
        "name": own["name"],
        "type": row["type"],
        "url": row["url"],
        "createdBy": call.person_reference(row["createdBy"]),
        "description": own["description"],
        "authorization": {"scheme": row["authorization"]["scheme"], "parameters": parameters},
        "isShared": len(listed) > 1,
        "isReady": True,
        "operationStatus": {"state": "Ready", "statusMessage": ""},
        "owner": "Library",
        "serviceEndpointProjectReferences": [_reference(call, one) for one in listed],
    }
    return value


def _reference(call: Call, one: Row) -> Row:
    name = call.organization.project(one["project"])["name"]
    shown = {"projectReference": {"id": one["project"], "name": name}, "name": one["name"]}
    return {**shown, "description": one["description"]}
