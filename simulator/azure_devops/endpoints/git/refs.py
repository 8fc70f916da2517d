"""Branches and tags: list, and update with the object that the caller saw."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.endpoint import Call, collection, endpoint
from simulator.azure_devops.errors import failure
from simulator.azure_devops.git import objects
from simulator.azure_devops.git.refs import NO_OBJECT
from simulator.azure_devops.git.writing import RefStale, update_ref
from simulator.azure_devops.organization import Row
from simulator.azure_devops.shapes import as_mappings

REFS = "2d874a60-a811-4f62-9c9f-963a6ea0a55b"


@endpoint("GET", REFS, "vso.code")
async def refs(call: Call) -> object:
    """The refs whose names (without `refs/`) begin with `filter`, or contain `filterContains`."""
    row = call.repository()
    start = "refs/" + (call.route.get("filter") or call.query.get("filter") or "")
    inside = call.query.get("filtercontains", "")
    creator = call.organization.person_reference(call.organization.topology.test_person)
    found = [
        {
            "name": name,
            "objectId": value,
            "creator": creator,
            "url": f"{call.url}/{row['project']}/_apis/git/repositories/{row['id']}/refs?filter={name[5:]}",
        }
        for name, value in sorted((await call.azure.refs.read(row)).items())
        if name.startswith(start) and inside in name
    ]
    return collection(found)


@endpoint("POST", REFS, "vso.code_write")
async def update(call: Call) -> object:
    """Create, move and delete refs; each answers for itself."""
    row = call.repository()
    changes = as_mappings(call.body, "the request body")
    async with call.azure.refs.lock(row):
        results = [await _update(call, row, change) for change in changes]
        await call.azure.refs.observe(row, call.caller.identity.name)
    return collection(results)


async def _update(call: Call, row: Row, change: dict[str, Any]) -> Row:
    name, old, new = (str(change.get(key, "")) for key in ("name", "oldObjectId", "newObjectId"))
    status = await _status(call, row, name, old, new)
    return {
        "repositoryId": row["id"],
        "name": name,
        "oldObjectId": old,
        "newObjectId": new,
        "isLocked": False,
        "success": status == "succeeded",
        "updateStatus": status,
    }


async def _status(call: Call, row: Row, name: str, old: str, new: str) -> str:
    path, current = call.azure.refs.path(row), await call.azure.refs.read(row)
    if not name.startswith(("refs/heads/", "refs/tags/")):
        return "invalidRefName"
    if current.get(name, NO_OBJECT) != old:
        return "staleOldObjectId"
    refusal = call.azure.guard.refusal(row, name, old, new, call.caller.identity.name)
    if refusal is not None:
        return refusal.status
    if new != NO_OBJECT and await objects.resolve(path, new) is None:
        return "unresolvableToCommit"
    try:
        await update_ref(path, name, new, old)
    except RefStale:
        return "staleOldObjectId"
    return "succeeded"


async def move(call: Call, row: Row, name: str, new: str, old: str) -> None:
    """Move a ref for a push or a merge; the caller holds the lock. 409 when somebody was faster."""
    try:
        await update_ref(call.azure.refs.path(row), name, new, old)
    except RefStale as stale:
        raise failure("GitReferenceStaleException", name=name) from stale
