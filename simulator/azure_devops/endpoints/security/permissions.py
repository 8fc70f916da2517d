"""Questions about permissions: whether the caller has them, one by one or many at once."""

from __future__ import annotations

from simulator.azure_devops.endpoint import Call, collection, endpoint
from simulator.azure_devops.endpoints.security.namespaces import found
from simulator.azure_devops.errors import invalid
from simulator.azure_devops.security.namespaces import Namespace
from simulator.azure_devops.security.rights import COLLECTION_ADMINISTRATORS
from simulator.azure_devops.shapes import mappings, number

PERMISSION = "dd3b8bd6-c7fc-4cbd-929a-933d9c011c9d"
BATCH = "cf1faa59-1b63-4448-bf04-13d981a46f5d"


@endpoint("GET", PERMISSION, None)
async def has_permissions(call: Call) -> object:
    """For each of `tokens` whether the caller has all of the permissions in the mask of the address."""
    space, mask = found(call.route["securitynamespaceid"]), _mask(call)
    tokens = call.query.get("tokens") or call.query.get("token", "")
    always = call.query.get("alwaysallowadministrators", "").lower() == "true"
    delimiter = call.query.get("delimiter") or ","
    return collection([_has(call, space, token, mask, always) for token in tokens.split(delimiter)])


@endpoint("POST", BATCH, None)
async def has_permissions_batch(call: Call) -> object:
    """The evaluations that were asked for, each with its `value`."""
    given = call.object_body()
    always = given.get("alwaysAllowAdministrators") is True
    answered = []
    for asked in mappings(given, "evaluations"):
        space, mask = found(str(asked.get("securityNamespaceId", ""))), number(asked, "permissions", 0)
        token = str(asked.get("token") or "")
        answered.append({**asked, "value": _has(call, space, token, mask, always)})
    return {"alwaysAllowAdministrators": always, "evaluations": answered}


def _mask(call: Call) -> int:
    text = call.route.get("permissions") or call.query.get("permissions", "0")
    if not (text.isascii() and text.isdecimal() and len(text) < 12):
        raise invalid(f"The value '{text}' of permissions is not a number.")
    return int(text)


def _has(call: Call, space: Namespace, token: str, mask: int, always: bool) -> bool:
    if always and COLLECTION_ADMINISTRATORS & call.caller.held:
        return True
    return call.organization.rights.bits(call.caller.held, space, token).allow & mask == mask
