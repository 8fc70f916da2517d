"""The caller's profile, the organizations that the caller has, and who has which licence."""

from __future__ import annotations

from simulator.azure_devops.endpoint import Call, collection, endpoint, page
from simulator.azure_devops.endpoints.core.operations import collection_id
from simulator.azure_devops.endpoints.identity import graph, subjects
from simulator.azure_devops.endpoints.identity.subjects import Subject
from simulator.azure_devops.errors import failure
from simulator.azure_devops.organization import Row

PROFILES = "f83735dc-483f-4238-a291-d45f6080a9af"
ACCOUNTS = "229a6a53-b428-4ffb-a835-e8f36b5b4b1e"
ENTITLEMENTS = "387f832c-dbf2-4643-88e9-c1aa94dbb737"
ENTITLEMENT = "8480c6eb-ce60-47e9-88df-eca3c801638b"
# A profile that nobody has touched; the simulator has no life of profiles.
_UNTOUCHED = "0001-01-01T00:00:00Z"


@endpoint("GET", PROFILES, "vso.profile")
async def profile(call: Call) -> object:
    """`me`, or somebody by id."""
    wanted = call.route["id"]
    found = subjects.find(call, call.caller.identity.id if wanted.lower() == "me" else wanted)
    if found is None or found.is_group:
        raise failure("IdentityNotFoundException", id=wanted)
    return {
        "displayName": found.display,
        "publicAlias": found.id,
        "emailAddress": found.unique_name,
        "coreRevision": 1,
        "timeStamp": _UNTOUCHED,
        "id": found.id,
        "revision": 1,
    }


@endpoint("GET", ACCOUNTS, "vso.profile")
async def accounts(call: Call) -> object:
    """The one organization, for whoever belongs to it."""
    asked = call.query.get("memberid") or call.query.get("ownerid") or call.caller.identity.id
    if subjects.find(call, asked) is None:
        return collection([])
    value = {
        "accountId": collection_id(call),
        "accountUri": f"{call.base_url}/",
        "accountName": call.organization.name,
        "properties": {},
    }
    return collection([value])


@endpoint("GET", ENTITLEMENTS, "vso.memberentitlementmanagement")
async def entitlements(call: Call) -> object:
    """Everyone's entitlement, page by page."""
    chosen, more = page(call, subjects.people(call), 100, 10_000)
    members = [_entitlement(call, person) for person in chosen]
    value: Row = {"members": members, "totalCount": len(subjects.people(call)), "items": members}
    return value | {"continuationToken": more.get("x-ms-continuationtoken")}


@endpoint("GET", ENTITLEMENT, "vso.memberentitlementmanagement")
async def entitlement(call: Call) -> object:
    """One person's entitlement."""
    found = subjects.find(call, call.route["userid"])
    if found is None or found.is_group:
        raise failure("IdentityNotFoundException", id=call.route["userid"])
    return _entitlement(call, found)


def _entitlement(call: Call, person: Subject) -> Row:
    level = {
        "licensingSource": "account",
        "accountLicenseType": "express",
        "msdnLicenseType": "none",
        "gitHubLicenseType": "none",
        "licenseDisplayName": "Basic",
        "status": "active",
        "statusMessage": "",
        "assignmentSource": "unknown",
    }
    return {
        "user": graph.view(call, person),
        "extensions": [],
        "id": person.id,
        "accessLevel": level,
        "lastAccessedDate": _UNTOUCHED,
        "dateCreated": _UNTOUCHED,
        "projectEntitlements": [],
        "groupAssignments": [],
    }
