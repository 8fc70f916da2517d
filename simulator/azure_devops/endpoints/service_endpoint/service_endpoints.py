"""Service connections; their secrets go in and never come out."""

from __future__ import annotations

from collections.abc import Callable

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.endpoints import shared_rows
from simulator.azure_devops.endpoints.service_endpoint import given
from simulator.azure_devops.errors import failure
from simulator.azure_devops.organization import SERVICE_ENDPOINT, Row
from simulator.azure_devops.security import tokens
from simulator.azure_devops.security.namespaces import SERVICE_ENDPOINTS
from simulator.azure_devops.shapes import as_mappings

OF_PROJECT = "e85f1c62-adfc-4b74-b618-11a150fb195e"
OF_ORGANIZATION = "14e48fdc-2c8b-41ce-a0c3-e26f6cc55bd0"
_MANAGE = "vso.serviceendpoint_manage"


@endpoint("GET", OF_PROJECT, "vso.serviceendpoint")
async def endpoints(call: Call) -> object:
    """The connections of the project (`type`, `authSchemes`, `endpointNames`, `endpointIds`), or one."""
    project = call.project()["id"]
    rows = call.organization.seen(SERVICE_ENDPOINT, project)
    if wanted := call.route.get("endpointid", "").lower():
        # The real service answers an unknown id with `null`.
        return next((given.view(call, row, project) for row in rows if row["id"] == wanted), None)
    rows = call.permitted(
        SERVICE_ENDPOINTS, "ViewEndpoint", rows, lambda row: tokens.endpoint(row["project"], row["id"])
    )
    tests: dict[str, Callable[[Row], str]] = {
        "type": lambda row: row["type"],
        "authschemes": lambda row: row["authorization"]["scheme"],
        "endpointnames": lambda row: row["name"],
        "endpointids": lambda row: row["id"],
    }
    for name, of in tests.items():
        if text := call.query.get(name, "").lower():
            rows = [row for row in rows if of(row).lower() in text.split(",")]
    return collection([given.view(call, row, project) for row in rows])


async def create(call: Call) -> object:
    """A new connection, in every project that it names."""
    body = call.object_body()
    made = given.connection(call, body, {})
    first, *others = shared_rows.references(call, body, "serviceEndpointProjectReferences")
    for one in (first, *others):
        if call.organization.service_endpoint_named(one["project"], one["name"]):
            raise failure("DuplicateServiceConnectionException", name=one["name"])
    row = {"id": call.kernel.ids.uuid(), **made, **first, "shared": others}
    row["description"] = first["description"] or made["description"]
    with call.kernel.store.transaction():
        call.organization.save(SERVICE_ENDPOINT, row)
        call.owns(SERVICE_ENDPOINTS, tokens.endpoint(row["project"], row["id"]), "*")
    return given.view(call, row)


async def replace(call: Call) -> object:
    """Other settings for one connection, or for those of a list; a secret without a value keeps the one it has."""
    if "endpointid" in call.route:
        return _replaced(call, _found(call, call.route["endpointid"]), call.object_body())
    listed = as_mappings(call.body, "the request body")
    with call.kernel.store.transaction():
        shown = [_replaced(call, _found(call, str(one.get("id", ""))), one) for one in listed]
    return collection(shown)


async def delete(call: Call) -> object:
    """Remove a connection from the projects of `projectIds`; from its last one, altogether."""
    row = _found(call, call.route["endpointid"])
    here = call.project()["id"] if call.route.get("project") else ""
    left = shared_rows.removed(call, row, here)
    if left is not None:
        call.organization.save(SERVICE_ENDPOINT, left)
    else:
        call.kernel.store.delete(SERVICE_ENDPOINT, row["id"])
    return Answer(204)


async def share(call: Call) -> object:
    """Give the connection to further projects, under the names that they know it by."""
    row = _found(call, call.route["endpointid"])
    for one in shared_rows.added(call, row, as_mappings(call.body, "the request body")):
        if call.organization.service_endpoint_named(one["project"], one["name"]):
            raise failure("DuplicateServiceConnectionException", name=one["name"])
        row["shared"] = [*row.get("shared", []), one]
    call.organization.save(SERVICE_ENDPOINT, row)
    return Answer(204)


for _location in (OF_PROJECT, OF_ORGANIZATION):
    endpoint("POST", _location, _MANAGE)(create)
    endpoint("PUT", _location, _MANAGE)(replace)
    endpoint("DELETE", _location, _MANAGE)(delete)
endpoint("PATCH", OF_ORGANIZATION, _MANAGE)(share)


def _found(call: Call, identifier: str) -> Row:
    row = call.kernel.store.get(SERVICE_ENDPOINT, identifier.lower())
    if row is None or call.organization.project(row["project"])["name"] not in call.caller.projects:
        raise failure("ServiceEndpointNotFoundException", id=identifier)
    return row


def _replaced(call: Call, row: Row, body: Row) -> Row:
    changed = {**row, **given.connection(call, body, row)}
    other = call.organization.service_endpoint_named(row["project"], changed["name"])
    if other is not None and other["id"] != row["id"]:
        raise failure("DuplicateServiceConnectionException", name=changed["name"])
    call.organization.save(SERVICE_ENDPOINT, changed)
    return given.view(call, changed)
