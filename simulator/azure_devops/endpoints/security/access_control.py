"""Access control lists and entries: kept and returned; what they would allow is not what decides here."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.endpoint import Call, collection, endpoint
from simulator.azure_devops.endpoints.security.namespaces import named
from simulator.azure_devops.errors import invalid
from simulator.azure_devops.organization import Row
from simulator.azure_devops.shapes import as_mappings, mapping, mappings, number

ENTRIES = "ac08c8ff-4323-4b08-af90-bcd018d380ce"
LISTS = "18a2ad18-7571-46ae-bec7-0c7da1495885"
PERMISSION = "dd3b8bd6-c7fc-4cbd-929a-933d9c011c9d"
_KIND = "azure_devops.access_control_list"


def _key(call: Call, token: str) -> str:
    return f"{named(call, call.route['securitynamespaceid'])['namespaceId']}|{token}"


def _read(call: Call, token: str) -> Row:
    empty = {"token": token, "inheritPermissions": True, "entries": {}}
    return call.kernel.store.get(_KIND, _key(call, token)) or empty


def _write(call: Call, row: Row) -> None:
    """In a transaction: the list, and for the ledger that it decides nothing."""
    call.kernel.store.put(_KIND, _key(call, row["token"]), row)
    space = named(call, call.route["securitynamespaceid"])["name"]
    call.kernel.log.record("AcceptedNotSimulated", f"access control list of {space}", {"token": row["token"]})


def _entry(row: Row, descriptor: str) -> Row:
    held = row["entries"].get(descriptor, {"allow": 0, "deny": 0})
    return {"descriptor": descriptor, "allow": held["allow"], "deny": held["deny"]}


@endpoint("GET", LISTS, None)
async def lists(call: Call) -> object:
    """The lists of a namespace: of `token` (with `recurse`, of all below), with the entries of `descriptors`."""
    prefix = f"{named(call, call.route['securitynamespaceid'])['namespaceId']}|"
    every = [row for _, row in call.kernel.store.scan(_KIND, prefix)]
    token, recurse = call.query.get("token", ""), call.query.get("recurse", "").lower() == "true"
    if token:
        every = [
            row for row in every if row["token"] == token or (recurse and row["token"].startswith(token))
        ]
    asked = [text for text in call.query.get("descriptors", "").split(",") if text]
    if token and asked and not every:
        every = [_read(call, token)]
    extended = call.query.get("includeextendedinfo", "").lower() == "true"
    return collection([_view(row, asked, extended) for row in every])


def _view(row: Row, asked: list[str], extended: bool) -> Row:
    more: dict[str, Any] = {"extendedInfo": {}} if extended else {}
    entries = {name: {**_entry(row, name), **more} for name in asked or row["entries"]}
    return {
        "inheritPermissions": row["inheritPermissions"],
        "token": row["token"],
        "acesDictionary": entries,
        "includeExtendedInfo": extended,
    }


@endpoint("POST", LISTS, "vso.security_manage")
async def set_lists(call: Call) -> object:
    """Replace whole lists."""
    with call.kernel.store.transaction():
        for given in mappings(call.object_body(), "value"):
            entries = mapping(given, "acesDictionary").values()
            kept = dict(map(_bits, as_mappings(list(entries), "acesDictionary")))
            inherits = given.get("inheritPermissions") is not False
            token = str(given.get("token", ""))
            _write(call, {"token": token, "inheritPermissions": inherits, "entries": kept})
    return None


@endpoint("DELETE", LISTS, "vso.security_manage")
async def remove_lists(call: Call) -> object:
    """Remove the lists of `tokens`; true when there was any."""
    tokens = [token for token in call.query.get("tokens", "").split(",") if token]
    with call.kernel.store.transaction():
        gone = [call.kernel.store.delete(_KIND, _key(call, token)) for token in tokens]
    return any(gone)


def _bits(given: dict[str, Any]) -> tuple[str, Row]:
    descriptor = str(given.get("descriptor") or "")
    if not descriptor:
        raise invalid("An access control entry needs a descriptor.")
    return descriptor, {"allow": number(given, "allow", 0), "deny": number(given, "deny", 0)}


@endpoint("POST", ENTRIES, "vso.security_manage")
async def set_entries(call: Call) -> object:
    """Set entries of one list; with `merge` bits are added to what is there, and what is allowed is not denied."""
    given = call.object_body()
    row, merge = _read(call, str(call.member("token"))), given.get("merge") is True
    changed = [_bits(entry) for entry in mappings(given, "accessControlEntries")]
    entries = dict(row["entries"])
    for name, bits in changed:
        held = entries.get(name, {"allow": 0, "deny": 0})
        if merge:
            allow = (held["allow"] & ~bits["deny"]) | bits["allow"]
            bits = {"allow": allow, "deny": (held["deny"] & ~bits["allow"]) | bits["deny"]}
        entries[name] = bits
    row = {**row, "entries": entries}
    with call.kernel.store.transaction():
        _write(call, row)
    return collection([_entry(row, name) for name, _ in changed])


@endpoint("DELETE", ENTRIES, "vso.security_manage")
async def remove_entries(call: Call) -> object:
    """Remove the entries of `descriptors` from the list of `token`; true when there was any."""
    row = _read(call, call.query.get("token", ""))
    asked = call.query.get("descriptors", "").split(",")
    kept = {name: bits for name, bits in row["entries"].items() if name not in asked}
    with call.kernel.store.transaction():
        _write(call, {**row, "entries": kept})
    return len(kept) < len(row["entries"])


@endpoint("DELETE", PERMISSION, "vso.security_manage")
async def remove_permission(call: Call) -> object:
    """Take bits out of an entry, allowed and denied ones; the entry that is left."""
    bits = call.route.get("permissions") or call.query.get("permissions", "0")
    if not bits.isdecimal():
        raise invalid(f"The value '{bits}' of permissions is not a number.")
    descriptor = call.query.get("descriptor", "")
    row = _read(call, call.query.get("token", ""))
    held = _entry(row, descriptor)
    left = {"allow": held["allow"] & ~int(bits), "deny": held["deny"] & ~int(bits)}
    row = {**row, "entries": {**row["entries"], descriptor: left}}
    with call.kernel.store.transaction():
        _write(call, row)
    return _entry(row, descriptor)
