"""The security namespaces of the service, as recorded."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from simulator.azure_devops import data
from simulator.azure_devops.endpoint import Call, collection, endpoint
from simulator.azure_devops.errors import failure
from simulator.azure_devops.organization import Row

NAMESPACES = "ce7b9f95-fde9-4be8-a86d-83b366f0b87a"


@cache
def _table() -> tuple[dict[str, Any], ...]:
    place = Path(data.__path__[0]) / "security_namespaces.json"
    return tuple(json.loads(place.read_text(encoding="utf-8")))


def named(call: Call, identifier: str) -> Row:
    """The namespace of that id."""
    found = next((row for row in _table() if row["namespaceId"] == identifier.lower()), None)
    if found is None:
        raise failure("InvalidSecurityNamespaceException", id=identifier)
    return found


@endpoint("GET", NAMESPACES, None)
async def namespaces(call: Call) -> object:
    """All namespaces, or one in a list of its own."""
    if identifier := call.route.get("securitynamespaceid"):
        return collection([named(call, identifier)])
    return collection(list(_table()))
