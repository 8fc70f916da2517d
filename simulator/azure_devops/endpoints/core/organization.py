"""Where things are and who asks: connection data and resource areas."""

from __future__ import annotations

from simulator.azure_devops import locations
from simulator.azure_devops.endpoint import Call, collection, endpoint
from simulator.azure_devops.identities import stable_id

CONNECTION_DATA = "00d9565f-ed9c-4a06-9a50-00e7896ccab4"
RESOURCE_AREAS = "e81700f7-3be2-46de-8624-2eb35882fcaa"


@endpoint("GET", CONNECTION_DATA, None)
async def connection_data(call: Call) -> object:
    """Who asks, and of what organization."""
    identity = call.caller.identity
    user = {
        "id": identity.id,
        "descriptor": f"Microsoft.IdentityModel.Claims.ClaimsIdentity;{identity.unique_name}",
        "subjectDescriptor": identity.descriptor,
        "providerDisplayName": identity.display,
        "isActive": True,
        "properties": {"Account": {"$type": "System.String", "$value": identity.unique_name}},
    }
    instance = stable_id("organization", call.organization.name)
    return {
        "authenticatedUser": user,
        "authorizedUser": user,
        "instanceId": instance,
        "deploymentId": stable_id("deployment"),
        "deploymentType": "hosted",
        "locationServiceData": {
            "serviceOwner": "00025394-6065-48ca-87d9-7f5672854ef7",
            "defaultAccessMappingMoniker": "PublicAccessMapping",
            "lastChangeId": 1,
            "clientCacheTimeToLive": 3600,
        },
    }


@endpoint("GET", RESOURCE_AREAS, None)
async def resource_areas(call: Call) -> object:
    """Every area of the real service, all served here: clients then never look elsewhere."""
    areas = [{**area, "locationUrl": f"{call.url}/"} for area in locations.resource_areas()]
    if wanted := call.route.get("areaid", "").lower():
        return next((area for area in areas if area["id"].lower() == wanted), None)
    return collection(areas)
