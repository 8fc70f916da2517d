"""Which pipelines may use a resource: here every pipeline of the project may, as the topology's owner has said."""

from __future__ import annotations

from simulator.azure_devops.endpoint import Call, endpoint

PERMISSIONS = "b5b9a4a4-e6cd-4096-853c-ab7d8b0c4eb2"


@endpoint("GET", PERMISSIONS, "vso.build")
async def permissions(call: Call) -> object:
    """All pipelines are authorized; PATCH is refused by name, for it would change nothing."""
    call.project()
    resource = {"type": call.route.get("resourcetype", ""), "id": call.route.get("resourceid", "")}
    return {"resource": resource, "allPipelines": {"authorized": True}, "pipelines": []}
