"""Where things are and who asks: connection data and resource areas."""

from __future__ import annotations

from simulator.azure_devops import identities, locations
from simulator.azure_devops.endpoint import NULL, Call, collection, endpoint
from simulator.azure_devops.identities import stable_id
from simulator.azure_devops.organization import Row

CONNECTION_DATA = "00d9565f-ed9c-4a06-9a50-00e7896ccab4"
RESOURCE_AREAS = "e81700f7-3be2-46de-8624-2eb35882fcaa"


# Moniker of an access mapping and the service that owns the locations of an organization (recorded).
_SERVICE_OWNER = "00025394-6065-48ca-87d9-7f5672854ef7"


@endpoint("GET", CONNECTION_DATA, None)
async def connection_data(call: Call) -> object:
    """Who asks, and of what organization; `connectOptions=includeServices` brings where its areas are."""
    identity = call.caller.identity
    user = {
        "id": identity.id,
        "descriptor": identities.descriptor_of(identity),
        "subjectDescriptor": identity.descriptor,
        "providerDisplayName": identity.display,
        "isActive": True,
        "properties": {"Account": {"$type": "System.String", "$value": identity.unique_name}},
        "resourceVersion": 2,
        "metaTypeId": 0,
    }
    located: Row = {
        "serviceOwner": _SERVICE_OWNER,
        "defaultAccessMappingMoniker": "PublicAccessMapping",
        "lastChangeId": 1,
        "lastChangeId64": 1,
    }
    if "includeservices" in call.query.get("connectoptions", "").lower():
        located |= _services(call)
    return {
        "authenticatedUser": user,
        "authorizedUser": user,
        "instanceId": stable_id("organization", call.organization.name),
        "deploymentId": stable_id("deployment"),
        "deploymentType": "hosted",
        "locationServiceData": located,
    }


def _services(call: Call) -> Row:
    """The access mapping and one definition for each area."""
    base = f"{call.url}/"
    mapping = {
        "displayName": "Host Guid Access Mapping",
        "moniker": "PublicAccessMapping",
        "accessPoint": base,
        "serviceOwner": _SERVICE_OWNER,
    }
    definitions = [
        {
            "serviceType": "LocationService2",
            "identifier": area["id"],
            "displayName": area["name"],
            "relativeToSetting": "fullyQualified",
            "serviceOwner": _SERVICE_OWNER,
            "locationMappings": [
                {"accessMappingMoniker": "PublicAccessMapping", "location": _place(call, area)}
            ],
            "toolId": "Framework",
            "status": "active",
            "properties": {},
        }
        for area in locations.resource_areas()
    ]
    return {"accessMappings": [mapping], "clientCacheTimeToLive": 3600, "serviceDefinitions": definitions}


def _place(call: Call, area: dict[str, str]) -> str:
    """Where an area is: at our address all are in one place, at the real hosts each is at its own."""
    if call.host_family:
        return f"https://{area['host']}/{call.organization.name}/"
    return f"{call.url}/"


@endpoint("GET", RESOURCE_AREAS, None)
async def resource_areas(call: Call) -> object:
    """Every area of the real service, or one; what it does not have is null, as the service answers."""
    areas = [
        {"id": area["id"], "name": area["name"], "locationUrl": _place(call, area)}
        for area in locations.resource_areas()
    ]
    if wanted := call.route.get("areaid", "").lower():
        return next((area for area in areas if area["id"].lower() == wanted), NULL)
    return collection(areas)
