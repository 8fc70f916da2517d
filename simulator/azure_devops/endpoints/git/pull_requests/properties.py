"""Properties of a pull request, in the typed form of the service, changed by JSON Patch."""

from __future__ import annotations

from simulator.azure_devops.endpoint import Call, endpoint
from simulator.azure_devops.endpoints.git.pull_requests import views
from simulator.azure_devops.errors import invalid
from simulator.azure_devops.organization import Row
from simulator.azure_devops.shapes import as_mappings

PROPERTIES = "48a52185-5b9e-4736-9dc1-bb1e2feac80b"
_KINDS = {bool: "System.Boolean", int: "System.Int32", float: "System.Double"}


@endpoint("GET", PROPERTIES, "vso.code")
async def properties(call: Call) -> object:
    """The properties of a pull request."""
    return _collection(views.found(call).get("properties", {}))


@endpoint("PATCH", PROPERTIES, "vso.code_write")
async def patch(call: Call) -> object:
    """Add, replace or remove properties: `{"op": "add", "path": "/name", "value": ...}`."""
    row = views.found(call)
    found = dict(row.get("properties", {}))
    for operation in as_mappings(call.body, "the request body"):
        kind, name = str(operation.get("op")).lower(), str(operation.get("path", "")).lstrip("/")
        if not name or kind not in ("add", "replace", "remove"):
            raise invalid("Invalid argument value.\r\nParameter name: op or path")
        if kind == "remove":
            found.pop(name, None)
        else:
            found[name] = typed(operation.get("value"))
    row = call.azure.pull_requests.change(row, "properties", call.caller.identity.name, properties=found)
    return _collection(found)


def typed(value: object) -> Row:
    """A value with the name of its .NET type."""
    kind = _KINDS.get(type(value), "System.String")
    return {"$type": kind, "$value": value if kind != "System.String" else str(value)}


def _collection(found: Row) -> Row:
    return {"count": len(found), "value": found}
