"""Which pipelines may use a protected resource: read, permitted to one or to all, and taken back."""

from __future__ import annotations

from simulator.azure_devops.endpoint import Call, collection, endpoint
from simulator.azure_devops.endpoints.moments import iso
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.organization import Row
from simulator.azure_devops.pipelines.gates import stage_resources
from simulator.azure_devops.pipelines.gates.permissions import TYPES
from simulator.azure_devops.shapes import as_mapping, as_mappings, mapping, mappings

PERMISSIONS = "b5b9a4a4-e6cd-4096-853c-ab7d8b0c4eb2"


@endpoint("GET", PERMISSIONS, "vso.build")
async def permissions(call: Call) -> object:
    """Who may use a resource."""
    return _view(call, _row(call, {"type": call.route["resourcetype"], "id": call.route["resourceid"]}))


@endpoint("PATCH", PERMISSIONS, "vso.pipelineresources_manage")
async def change(call: Call) -> object:
    """Permit or forbid: one resource by the address, or several by a list; runs that wait go on at once."""
    if "resourcetype" in call.route:
        given = [call.object_body()]
        named = [{"type": call.route["resourcetype"], "id": call.route["resourceid"]}]
    else:
        given = as_mappings(call.body, "the request body")
        named = [mapping(one, "resource") for one in given]
    with call.kernel.store.transaction():
        rows = [_changed(call, _row(call, one), asked) for one, asked in zip(named, given, strict=True)]
    await call.azure.gates.permission_changed()
    shown = [_view(call, row) for row in rows]
    return shown[0] if "resourcetype" in call.route else collection(shown)


def _row(call: Call, resource: Row) -> Row:
    project = call.project()
    kind, identifier = str(resource.get("type", "")).lower(), str(resource.get("id") or "")
    if kind not in TYPES:
        raise invalid(f"The resource type {kind} is not supported. Expected one of {', '.join(TYPES)}.")
    if not _exists(call, project, kind, identifier):
        raise failure("PipelineResourceNotFoundException", kind=kind, id=identifier)
    return call.azure.gates.permissions.of(kind, identifier, project["id"])


def _exists(call: Call, project: Row, kind: str, identifier: str) -> bool:
    if kind == "repository":
        owner, _, name = identifier.rpartition(".")
        return bool(call.organization.repository(name, owner))
    return stage_resources.lookup(call.organization, project["id"], kind, identifier) is not None


def _changed(call: Call, row: Row, given: Row) -> Row:
    everybody = mapping(given, "allPipelines").get("authorized") if given.get("allPipelines") else None
    wanted: dict[int, bool] = {}
    for one in mappings(given, "pipelines"):
        number = as_mapping(one, "pipelines").get("id")
        if call.organization.definition(row["project"], str(number)) is None:
            raise failure("DefinitionNotFoundException", id=number)
        wanted[int(str(number))] = bool(one.get("authorized"))
    by = call.caller.identity.name
    return call.azure.gates.permissions.change(
        row, None if everybody is None else bool(everybody), wanted, by
    )


def _view(call: Call, row: Row) -> Row:
    people = call.person_reference
    value: Row = {"resource": {"type": row["type"], "id": row["id"]}}
    if row["all"] is not None:
        granted = row["all"]
        value["allPipelines"] = {"authorized": True, "authorizedBy": people(granted["by"])}
        if granted["on"] is not None:
            value["allPipelines"]["authorizedOn"] = iso(granted["on"])
    value["pipelines"] = [
        {
            "id": int(number),
            "authorized": True,
            "authorizedBy": people(one["by"]),
            "authorizedOn": iso(one["on"]),
        }
        for number, one in row["pipelines"].items()
    ]
    return value
