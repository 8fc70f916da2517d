"""Entitlements of people: listed, given, changed and taken away, as `az devops user` does it."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.azure_devops.endpoint import Answer, Call, endpoint, page
from simulator.azure_devops.endpoints.identity import graph, subjects
from simulator.azure_devops.endpoints.identity.subjects import Subject
from simulator.azure_devops.entitlements import LICENCES
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.organization import Row
from simulator.azure_devops.shapes import as_mappings, mapping
from simulator.kernel.errors import NotSimulated

ENTITLEMENTS = "387f832c-dbf2-4643-88e9-c1aa94dbb737"
ENTITLEMENT = "8480c6eb-ce60-47e9-88df-eca3c801638b"
_READ, _WRITE = "vso.memberentitlementmanagement", "vso.memberentitlementmanagement_write"
# A moment of which nothing is known; the simulator has no life of profiles.
UNTOUCHED = "0001-01-01T00:00:00Z"


@endpoint("GET", ENTITLEMENTS, _READ)
async def entitlements(call: Call) -> object:
    """Everyone's entitlement, page by page."""
    chosen, more = page(call, subjects.people(call), 100, 10_000)
    members = [_entitlement(call, person) for person in chosen]
    value: Row = {"members": members, "totalCount": len(subjects.people(call)), "items": members}
    return value | {"continuationToken": more.get("x-ms-continuationtoken")}


@endpoint("GET", ENTITLEMENT, _READ)
async def entitlement(call: Call) -> object:
    """One person's entitlement."""
    return _entitlement(call, _member(call))


@endpoint("POST", ENTITLEMENTS, _WRITE)
async def add(call: Call) -> object:
    """Bring somebody of the directory in."""
    person = _give(call, call.object_body())
    result = {"isSuccess": True, "userId": person.id, "errors": [], "result": _entitlement(call, person)}
    return {"isSuccess": True, "operationResult": result, "userEntitlement": result["result"]}


@endpoint("PATCH", ENTITLEMENTS, _WRITE)
async def change_many(call: Call) -> object:
    """Bring people in, change or remove them, by a JSON Patch whose paths are ids; each has its result."""
    results: list[Row] = []
    for change in as_mappings(call.body, "the request body"):
        kind, name = str(change.get("op", "")).lower(), str(change.get("path", "")).strip("/")
        if kind == "add" and not name:
            person = _give(call, mapping(change, "value"))
        else:
            person = _patched(call, _named(call, name.partition("/")[0]), change)
        shown = None if kind == "remove" else _entitlement(call, person)
        results.append({"isSuccess": True, "userId": person.id, "errors": [], "result": shown})
    done = {"id": call.kernel.ids.uuid(), "status": "succeeded", "completed": True}
    return {**done, "haveResultsSucceeded": True, "results": results}


@endpoint("PATCH", ENTITLEMENT, _WRITE)
async def change(call: Call) -> object:
    """Another licence, by a JSON Patch of `/accessLevel`."""
    person = _member(call)
    for each in as_mappings(call.body, "the request body"):
        _patched(call, person, each)
    result = _entitlement(call, person)
    told = [{"isSuccess": True, "userId": person.id, "errors": [], "result": result}]
    return {"isSuccess": True, "operationResults": told, "userEntitlement": result}


@endpoint("DELETE", ENTITLEMENT, _WRITE)
async def remove(call: Call) -> object:
    """Take somebody out of the organization, and out of its groups and teams."""
    _take(call, _member(call))
    return Answer(204)


def _patched(call: Call, person: Subject, change: Mapping[str, object]) -> Subject:
    kind, path = str(change.get("op", "")).lower(), str(change.get("path", ""))
    if kind == "remove":
        _take(call, person)
    elif path.rstrip("/").endswith("accessLevel") and kind in ("add", "replace"):
        with call.kernel.store.transaction():
            call.organization.entitlements.give(person.id, _licence(mapping(dict(change), "value")))
    else:
        raise NotSimulated(f"{kind} of {path}", "Licences are changed, people removed.")
    return person


def _give(call: Call, given: Row) -> Subject:
    user = mapping(given, "user")
    wanted = str(user.get("principalName") or user.get("mailAddress") or user.get("originId") or "").lower()
    found = next((one for one in subjects.directory(call) if wanted and wanted in one.names), None)
    if found is None:
        raise NotSimulated(f"a directory that knows '{wanted}'", "People are those of the topology file.")
    if given.get("projectEntitlements") or given.get("groupAssignments") or given.get("extensions"):
        raise NotSimulated("entitlements of projects, groups and extensions", "Use groups of the graph.")
    with call.kernel.store.transaction():
        call.organization.entitlements.give(found.id, _licence(mapping(given, "accessLevel")))
        call.kernel.log.record("MemberAdded", found.name, {"by": call.caller.identity.name})
    return found


def _take(call: Call, person: Subject) -> None:
    groups = call.organization.rights.groups
    with call.kernel.store.transaction():
        call.organization.entitlements.take(person.id)
        for container in groups.containers(person.id):
            groups.remove(person.id, container)
        call.kernel.log.record("MemberRemoved", person.name, {"by": call.caller.identity.name})


def _licence(level: Row) -> str:
    wanted = str(level.get("accountLicenseType", "")).lower()
    found = next((name for name in LICENCES if name.lower() == wanted), None)
    if found is None:
        raise invalid("Invalid argument value.\r\nParameter name: accessLevel.accountLicenseType")
    return found


def _member(call: Call) -> Subject:
    return _named(call, call.route["userid"])


def _named(call: Call, name: str) -> Subject:
    found = next((one for one in subjects.people(call) if name.lower() in one.names), None)
    if found is None:
        raise failure("IdentityNotFoundException", id=name)
    return found


def _entitlement(call: Call, person: Subject) -> Row:
    licence = call.organization.entitlements.licence(person.id)
    level = {
        "licensingSource": "account",
        "accountLicenseType": licence,
        "msdnLicenseType": "none",
        "gitHubLicenseType": "none",
        "licenseDisplayName": LICENCES[licence],
        "status": "active",
        "statusMessage": "",
        "assignmentSource": "unknown",
    }
    return {
        "user": graph.view(call, person),
        "extensions": [],
        "id": person.id,
        "accessLevel": level,
        "lastAccessedDate": UNTOUCHED,
        "dateCreated": UNTOUCHED,
        "projectEntitlements": [],
        "groupAssignments": [],
    }
