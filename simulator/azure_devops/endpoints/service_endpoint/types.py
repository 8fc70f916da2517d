"""The types of service connections, and what used a connection when."""

from __future__ import annotations

from simulator.azure_devops.connection_types import TYPES, ConnectionType, Scheme
from simulator.azure_devops.endpoint import Call, collection, endpoint
from simulator.azure_devops.errors import failure
from simulator.azure_devops.inputs import Input
from simulator.azure_devops.moments import iso
from simulator.azure_devops.organization import SERVICE_ENDPOINT, Row
from simulator.azure_devops.pipelines.resource_uses import ENDPOINT_USE, owner_view

TYPES_LIST = "5a7938a4-655e-486c-b562-b78c54a7e87b"
HISTORY = "10a16738-9299-4cd1-9a81-fd23ad6200d0"


@endpoint("GET", TYPES_LIST, "vso.serviceendpoint")
async def types(call: Call) -> object:
    """Every type, or that of `type` (with the scheme of `scheme`)."""
    name, scheme = call.query.get("type", "").lower(), call.query.get("scheme", "").lower()
    chosen = [one for one in TYPES if name in ("", one.name.lower())]
    return collection([_type(one) for one in chosen if not scheme or scheme in _schemes(one)])


@endpoint("GET", HISTORY, "vso.serviceendpoint")
async def history(call: Call) -> object:
    """The jobs that used the connection, the newest first (`top`)."""
    project, identifier = call.project()["id"], call.route["endpointid"].lower()
    if not any(row["id"] == identifier for row in call.organization.seen(SERVICE_ENDPOINT, project)):
        raise failure("ServiceEndpointNotFoundException", id=identifier)
    rows = [row for _, row in call.kernel.store.scan(ENDPOINT_USE, f"{identifier}/")]
    rows = sorted((row for row in rows if row["project"] == project), key=lambda row: -row["id"])
    shown = [_record(call, identifier, row) for row in rows[: call.number("top", 50)]]
    return collection(shown)


def _record(call: Call, identifier: str, row: Row) -> Row:
    data = {
        "id": row["id"],
        "planType": "Build",
        **owner_view(call.organization, row, call.url),
        "startTime": iso(row["started"]),
        "finishTime": iso(row["finished"]),
        "result": row["result"],
    }
    return {"endpointId": identifier, "data": {name: item for name, item in data.items() if item is not None}}


def _schemes(one: ConnectionType) -> list[str]:
    return [scheme.name.lower() for scheme in one.schemes]


def _type(one: ConnectionType) -> Row:
    return {
        "name": one.name,
        "displayName": one.display_name,
        "description": f"Service connection of type {one.display_name}",
        "endpointUrl": {
            "displayName": "Server URL",
            "value": one.url,
            "isVisible": str(one.needs_url).lower(),
        },
        "inputDescriptors": [input_view(item, "") for item in one.inputs],
        "authenticationSchemes": [_scheme(item) for item in one.schemes],
        "dataSources": [
            {"name": each.name, "endpointUrl": each.url, "resultSelector": each.selector}
            for each in one.sources
        ],
        "dependencyData": [],
        "trustedHosts": [],
        "helpMarkDown": "",
    }


def _scheme(scheme: Scheme) -> Row:
    return {
        "scheme": scheme.name,
        "displayName": scheme.display_name,
        "inputDescriptors": [input_view(item, "AuthenticationParameter") for item in scheme.inputs],
        "authorizationHeaders": [],
        "clientCertificates": [],
    }


def input_view(item: Input, group: str) -> Row:
    """The InputDescriptor of an input in a group."""
    return {**item.descriptor(), "groupName": group} if group else item.descriptor()
