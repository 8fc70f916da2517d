"""The security namespaces of the service, as recorded."""

from __future__ import annotations

from simulator.azure_devops.endpoint import Call, collection, endpoint
from simulator.azure_devops.errors import failure
from simulator.azure_devops.security.namespaces import Namespace, namespace, table

NAMESPACES = "ce7b9f95-fde9-4be8-a86d-83b366f0b87a"


def found(identifier: str) -> Namespace:
    """The namespace of that id."""
    known = namespace(identifier)
    if known is None:
        raise failure("InvalidSecurityNamespaceException", id=identifier)
    return known


@endpoint("GET", NAMESPACES, None)
async def namespaces(call: Call) -> object:
    """All namespaces, or one in a list of its own."""
    if identifier := call.route.get("securitynamespaceid"):
        wanted = found(identifier).id
        return collection([row for row in table() if row["namespaceId"] == wanted])
    return collection(list(table()))
