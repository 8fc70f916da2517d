"""Access control lists and entries, read and written by who may read and write them: what they say decides at once."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.endpoint import Call, collection, endpoint
from simulator.azure_devops.endpoints.security.holders import around
from simulator.azure_devops.endpoints.security.namespaces import found
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.organization import Row
from simulator.azure_devops.security import namespaces as spaces
from simulator.azure_devops.security.lists import Reading
from simulator.azure_devops.security.namespaces import Namespace
from simulator.azure_devops.security.rights import COLLECTION_ADMINISTRATORS
from simulator.azure_devops.shapes import as_mappings, mapping, mappings, number

ENTRIES = "ac08c8ff-4323-4b08-af90-bcd018d380ce"
LISTS = "18a2ad18-7571-46ae-bec7-0c7da1495885"
PERMISSION = "dd3b8bd6-c7fc-4cbd-929a-933d9c011c9d"
_DECIDING = frozenset(
    (
        *(spaces.BUILD, spaces.COLLECTION, spaces.DISTRIBUTED_TASK, spaces.ENVIRONMENT, spaces.GIT),
        *(spaces.IDENTITY, spaces.LIBRARY, spaces.PROJECT, spaces.SERVICE_ENDPOINTS, spaces.SERVICE_HOOKS),
    )
)
_NOTHING = {"allow": 0, "deny": 0}


def _space(call: Call) -> Namespace:
    return found(call.route["securitynamespaceid"])


def _may(call: Call, token: str, writes: bool) -> bool:
    """A namespace names the permission that reads its lists and the one that writes them."""
    space = _space(call)
    mask = space.write if writes else space.read
    if COLLECTION_ADMINISTRATORS & call.caller.held or (not writes and not mask):
        return True
    return bool(mask and call.organization.rights.bits(call.caller.held, space, token).allow & mask == mask)


def _check(call: Call, token: str, writes: bool = True) -> None:
    if not _may(call, token, writes):
        space, who = _space(call), call.caller.identity.display
        names = ", ".join(space.names(space.write if writes else space.read))
        raise failure("AccessCheckException", user=who, token=token, permissions=names)


def _read(call: Call, token: str) -> Row:
    return call.organization.rights.lists.read(_space(call), token)


def _write(call: Call, row: Row) -> None:
    """Keep a list; for the ledger, that those of areas which are not simulated decide nothing."""
    space = _space(call)
    with call.kernel.store.transaction():
        call.organization.rights.lists.write(space, row)
        told = {"token": row["token"], "by": call.caller.identity.name}
        call.kernel.log.record("AccessControlListChanged", f"{space.name} {row['token']}", told)
        if space.id not in _DECIDING:
            call.kernel.log.record("AcceptedNotSimulated", f"access control list of {space.name}", told)


def _entry(row: Row, descriptor: str) -> Row:
    return {"descriptor": descriptor, **row["entries"].get(descriptor, _NOTHING)}


@endpoint("GET", LISTS, None)
async def lists(call: Call) -> object:
    """The lists of a namespace: of `token` (with `recurse`, of all below), with the entries of `descriptors`."""
    token, recurse = call.query.get("token", ""), call.query.get("recurse", "").lower() == "true"
    every = call.organization.rights.lists.of(_space(call), token, recurse)
    asked = [text for text in call.query.get("descriptors", "").split(",") if text]
    if token and not every and asked:
        every = [_read(call, token)]
    extended = call.query.get("includeextendedinfo", "").lower() == "true"
    seen = (row for row in every if _may(call, row["token"], writes=False))
    return collection([_view(call, row, asked, extended) for row in seen])


def _view(call: Call, row: Row, asked: list[str], extended: bool) -> Row:
    entries = {}
    for name in asked or row["entries"]:
        more = {"extendedInfo": _extended(call, row, name)} if extended else {}
        entries[name] = {**_entry(row, name), **more}
    return {
        "inheritPermissions": row["inheritPermissions"],
        "token": row["token"],
        "acesDictionary": entries,
        "includeExtendedInfo": extended,
    }


def _extended(call: Call, row: Row, descriptor: str) -> Row:
    """What the entry's holder has in the end, and what of it comes from above."""
    rights, space = call.organization.rights, _space(call)
    who = around(call.organization, descriptor)
    whole = rights.bits(who, space, row["token"])
    above = Reading(rights.lists, space).above(row["token"], who)
    return {
        "inheritedAllow": above.allow,
        "inheritedDeny": above.deny,
        "effectiveAllow": whole.allow,
        "effectiveDeny": whole.deny,
    }


@endpoint("POST", LISTS, "vso.security_manage")
async def set_lists(call: Call) -> object:
    """Replace whole lists."""
    wanted = []
    for given in mappings(call.object_body(), "value"):
        entries = mapping(given, "acesDictionary").values()
        kept = dict(_bits(each) for each in as_mappings(list(entries), "acesDictionary"))
        token = str(given.get("token", ""))
        _check(call, token)
        inherits = given.get("inheritPermissions") is not False
        wanted.append({"token": token, "inheritPermissions": inherits, "entries": kept})
    with call.kernel.store.transaction():
        for row in wanted:
            _write(call, row)
    return None


@endpoint("DELETE", LISTS, "vso.security_manage")
async def remove_lists(call: Call) -> object:
    """Remove the lists of `tokens` (with `recurse`, all below them too); true when there was any."""
    space, kept = _space(call), call.organization.rights.lists
    recurse = call.query.get("recurse", "").lower() == "true"
    tokens = [token for token in call.query.get("tokens", "").split(",") if token]
    for token in tokens:
        _check(call, token)
    with call.kernel.store.transaction():
        rows = [row for token in tokens for row in kept.of(space, token, recurse)]
        gone = [kept.remove(space, row["token"]) for row in rows]
        for row in rows:
            call.kernel.log.record("AccessControlListChanged", f"{space.name} {row['token']}", {})
    return any(gone)


def _bits(given: dict[str, Any]) -> tuple[str, Row]:
    descriptor = str(given.get("descriptor") or "")
    if not descriptor:
        raise invalid("An access control entry needs a descriptor.")
    bits = {"allow": number(given, "allow", 0), "deny": number(given, "deny", 0)}
    return descriptor, bits


@endpoint("POST", ENTRIES, "vso.security_manage")
async def set_entries(call: Call) -> object:
    """Set entries of one list; with `merge` bits are added to what is there, and what is allowed is not denied."""
    given = call.object_body()
    token, merge = str(call.member("token")), given.get("merge") is True
    _check(call, token)
    row = _read(call, token)
    changed = [_bits(entry) for entry in mappings(given, "accessControlEntries")]
    entries = dict(row["entries"])
    for name, bits in changed:
        held = entries.get(name, _NOTHING)
        if merge:
            allow = (held["allow"] & ~bits["deny"]) | bits["allow"]
            bits = {"allow": allow, "deny": (held["deny"] & ~bits["allow"]) | bits["deny"]}
        entries[name] = bits
    row = {**row, "entries": entries}
    _write(call, row)
    return collection([_entry(row, name) for name, _ in changed])


@endpoint("DELETE", ENTRIES, "vso.security_manage")
async def remove_entries(call: Call) -> object:
    """Remove the entries of `descriptors` from the list of `token`; true when there was any."""
    token = call.query.get("token", "")
    _check(call, token)
    row = _read(call, token)
    asked = call.query.get("descriptors", "").lower().split(",")
    kept = {name: bits for name, bits in row["entries"].items() if name.lower() not in asked}
    _write(call, {**row, "entries": kept})
    return len(kept) < len(row["entries"])


@endpoint("DELETE", PERMISSION, "vso.security_manage")
async def remove_permission(call: Call) -> object:
    """Take bits out of an entry, allowed and denied ones; the entry that is left."""
    bits = call.route.get("permissions") or call.query.get("permissions", "0")
    if not bits.isdecimal():
        raise invalid(f"The value '{bits}' of permissions is not a number.")
    descriptor, token = call.query.get("descriptor", ""), call.query.get("token", "")
    _check(call, token)
    row = _read(call, token)
    held = _entry(row, descriptor)
    left = {"allow": held["allow"] & ~int(bits), "deny": held["deny"] & ~int(bits)}
    row = {**row, "entries": {**row["entries"], descriptor: left}}
    _write(call, row)
    return _entry(row, descriptor)
