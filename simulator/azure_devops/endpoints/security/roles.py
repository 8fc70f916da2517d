"""Roles on environments, connections, the library, queues and pools: who has which, given and taken away."""

from __future__ import annotations

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.endpoints.identity import subjects
from simulator.azure_devops.endpoints.identity.subjects import Subject
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.organization import Row
from simulator.azure_devops.security.evaluation import lineage
from simulator.azure_devops.security.namespaces import Namespace, known
from simulator.azure_devops.security.roles import SCOPES, RoleScope
from simulator.azure_devops.shapes import as_mappings
from simulator.kernel.errors import NotSimulated

ASSIGNMENTS = "9461c234-c84c-4ed2-b918-2f0f92ad0a35"
DEFINITIONS = "f4cc9a86-453c-48d2-b44d-d3bd5c105f4f"
_MANAGE = "vso.security_manage"


def _scope(call: Call) -> RoleScope:
    found = SCOPES.get(call.route["scopeid"].lower())
    if found is None:
        raise NotSimulated(f"roles of {call.route['scopeid']}", f"Scopes here: {', '.join(sorted(SCOPES))}.")
    return found


def _place(call: Call) -> tuple[RoleScope, Namespace, str]:
    scope = _scope(call)
    token = scope.token_of(call.route["resourceid"])
    if token is None:
        raise invalid(f"The resource '{call.route['resourceid']}' is not valid for the scope {scope.name}.")
    return scope, known(scope.space), token


def _administered(call: Call) -> tuple[RoleScope, Namespace, str]:
    scope, space, token = _place(call)
    if not call.allowed(scope.space, token, scope.administers):
        told = {"user": call.caller.identity.display, "token": token}
        raise failure("AccessCheckException", **told, permissions=space.shown[scope.administers])
    return scope, space, token


@endpoint("GET", DEFINITIONS, None)
async def definitions(call: Call) -> object:
    """The roles that a scope has."""
    scope = _scope(call)
    return collection([scope.described(name) for name in scope.roles])


@endpoint("GET", ASSIGNMENTS, None)
async def assignments(call: Call) -> object:
    """Who has which role on a resource, by an entry of its own or inherited."""
    return collection(_assignments(call, *_place(call)))


def _assignments(call: Call, scope: RoleScope, space: Namespace, token: str) -> list[Row]:
    lists, everyone = call.organization.rights.lists, subjects.everyone(call)
    by_descriptor = {one.descriptor.lower(): one for one in everyone}
    found: dict[str, Row] = {}
    for place in lineage(token, space.separator):
        row = lists.read(space, place)
        for descriptor, entry in row["entries"].items():
            holder, role = by_descriptor.get(descriptor.lower()), scope.role_of(entry["allow"])
            if holder is not None and role is not None and holder.id not in found:
                found[holder.id] = _view(scope, holder, role, place == token.lower())
        if not row["inheritPermissions"]:
            break
    return list(found.values())


def _view(scope: RoleScope, holder: Subject, role: str, own: bool) -> Row:
    return {
        "identity": {"displayName": holder.display, "id": holder.id, "uniqueName": holder.unique_name},
        "role": scope.described(role),
        "access": "assigned" if own else "inherited",
        "accessDisplayName": "Assigned" if own else "Inherited",
    }


@endpoint("PUT", ASSIGNMENTS, _MANAGE)
async def assign(call: Call) -> object:
    """Give roles: to those of the body's list (`userId`, `roleName`), or to the one of the address."""
    scope, space, token = _administered(call)
    one = call.route.get("identityid")
    given = [{**call.object_body(), "userId": one}] if one else as_mappings(call.body, "the request body")
    wanted = [(_holder(call, str(each.get("userId") or "")), _mask(scope, each)) for each in given]
    with call.kernel.store.transaction():
        row = call.organization.rights.lists.read(space, token)
        for holder, mask in wanted:
            row["entries"][holder.descriptor] = {"allow": mask, "deny": 0}
        _write(call, space, row)
    names = {holder.id for holder, _ in wanted}
    shown = [each for each in _assignments(call, scope, space, token) if each["identity"]["id"] in names]
    return shown[0] if one else collection(shown)


def _holder(call: Call, identifier: str) -> Subject:
    found = subjects.find(call, identifier) if identifier else None
    if found is None:
        raise failure("IdentityNotFoundException", id=identifier)
    return found


def _mask(scope: RoleScope, given: Row) -> int:
    named = {name.lower(): mask for name, mask in scope.roles.items()}
    wanted = str(given.get("roleName") or "").lower()
    if wanted not in named:
        raise invalid(f"The role '{given.get('roleName')}' is none of {', '.join(scope.roles)}.")
    return named[wanted]


@endpoint("DELETE", ASSIGNMENTS, _MANAGE)
async def take_away(call: Call) -> object:
    """Take the role of the identity of the address away."""
    _, space, token = _administered(call)
    _remove(call, space, token, [call.route["identityid"]])
    return Answer(204)


@endpoint("PATCH", ASSIGNMENTS, _MANAGE)
async def change(call: Call) -> object:
    """With `inheritPermissions`, inherit roles or not; else take away those of the identities of the body's list."""
    _, space, token = _administered(call)
    if (wanted := call.query.get("inheritpermissions", "").lower()) in ("true", "false"):
        row = call.organization.rights.lists.read(space, token)
        _write(call, space, {**row, "inheritPermissions": wanted == "true"})
    elif isinstance(call.body, list):
        _remove(call, space, token, [str(each) for each in call.body])
    else:
        raise invalid("The request needs inheritPermissions, or a list of identities.")
    return Answer(204)


def _remove(call: Call, space: Namespace, token: str, identifiers: list[str]) -> None:
    gone = {_holder(call, each).descriptor.lower() for each in identifiers}
    row = call.organization.rights.lists.read(space, token)
    kept = {name: entry for name, entry in row["entries"].items() if name.lower() not in gone}
    _write(call, space, {**row, "entries": kept})


def _write(call: Call, space: Namespace, row: Row) -> None:
    with call.kernel.store.transaction():
        call.organization.rights.lists.write(space, row)
        told: dict[str, object] = {"token": row["token"], "by": call.caller.identity.name}
        call.kernel.log.record("AccessControlListChanged", f"{space.name} {row['token']}", told)
