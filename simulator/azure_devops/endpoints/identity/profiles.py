"""The caller's profile, and the organizations that the caller has."""

from __future__ import annotations

from simulator.azure_devops.endpoint import Call, collection, endpoint
from simulator.azure_devops.endpoints.core.operations import collection_id
from simulator.azure_devops.endpoints.identity import subjects
from simulator.azure_devops.endpoints.identity.entitlements import UNTOUCHED
from simulator.azure_devops.errors import failure

PROFILES = "f83735dc-483f-4238-a291-d45f6080a9af"
ACCOUNTS = "229a6a53-b428-4ffb-a835-e8f36b5b4b1e"


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
        "timeStamp": UNTOUCHED,
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
        "accountUri": f"{call.url}/",
        "accountName": call.organization.name,
        "properties": {},
    }
    return collection([value])
