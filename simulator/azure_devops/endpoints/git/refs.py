"""Branches and tags: list, update with the object that the caller saw, lock; and how far branches are from a base."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.endpoints.git import commits, statuses, versions
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.git import objects
from simulator.azure_devops.git.refs import NO_OBJECT
from simulator.azure_devops.git.writing import RefStale, update_ref
from simulator.azure_devops.organization import Row
from simulator.azure_devops.shapes import as_mappings

REFS = "2d874a60-a811-4f62-9c9f-963a6ea0a55b"
BRANCHES = "d5b216de-d8d5-4d32-ae76-51df755b16d3"
BRANCH = "40c1f5b7-2bb6-4c28-b844-0f47cd6bb610"
_HEADS = "refs/heads/"


@endpoint("GET", REFS, "vso.code")
async def refs(call: Call) -> object:
    """The refs whose names (without `refs/`) begin with `filter`, or contain `filterContains`; in pages with `$top`."""
    row = call.repository()
    start = "refs/" + (call.route.get("filter") or call.query.get("filter") or "")
    inside = call.query.get("filtercontains", "")
    creators = _creators(call, row)
    mine = _flag(call, "includemybranches")
    after = call.query.get("continuationtoken", "")
    found = [
        (name, value)
        for name, value in sorted((await call.azure.refs.read(row)).items())
        if name.startswith(start) and inside in name and name > after
        and (not mine or creators.get(name) == call.caller.identity.name)
    ]  # fmt: skip
    top = call.number("$top", len(found)) or len(found)
    shown = [await _view(call, row, name, value, creators.get(name)) for name, value in found[:top]]
    headers = {"x-ms-continuationtoken": found[top - 1][0]} if len(found) > top else {}
    return Answer(200, collection(shown), headers=headers)


async def _view(call: Call, row: Row, name: str, value: str, creator: str | None) -> Row:
    by = creator or call.organization.topology.test_person
    url = f"{call.url}/{row['project']}/_apis/git/repositories/{row['id']}/refs?filter={quote(name[5:], safe='')}"
    shown: Row = {
        "name": name,
        "objectId": value,
        "creator": call.person_reference(by),
        "url": url,
    }
    if (locked := call.azure.guard.locked_by(row, name)) is not None:
        shown |= {"isLocked": True, "isLockedBy": call.person_reference(locked)}
    if _flag(call, "peeltags") and name.startswith("refs/tags/"):
        peeled = await objects.resolve(call.azure.refs.path(row), value)
        if peeled is not None and peeled != value:
            shown["peeledObjectId"] = peeled
    if _flag(call, "includestatuses") or _flag(call, "lateststatusesonly"):
        if found := statuses.of_commit(call, row, value, _flag(call, "lateststatusesonly")):
            shown["statuses"] = found
    if _flag(call, "includelinks"):
        shown["_links"] = {"self": {"href": url}}
    return shown


def _creators(call: Call, row: Row) -> dict[str, str]:
    """Who pushed each ref for the first time since it was last made."""
    found: dict[str, str] = {}
    for push in reversed(call.azure.refs.pushes(row)):
        for update in push["refUpdates"]:
            if update["oldObjectId"] == NO_OBJECT and push["pushedBy"]:
                found[update["name"]] = push["pushedBy"]
    return found


def _flag(call: Call, name: str) -> bool:
    return call.query.get(name, "").lower() == "true"


@endpoint("POST", REFS, "vso.code_write")
async def update(call: Call) -> object:
    """Create, move and delete refs; each answers for itself."""
    row = call.repository()
    changes = as_mappings(call.body, "the request body")
    async with call.azure.refs.lock(row):
        results = [await _update(call, row, change) for change in changes]
        await call.azure.refs.observe(row, call.caller.identity.name)
    return collection(results)


@endpoint("PATCH", REFS, "vso.code_write")
async def lock(call: Call) -> object:
    """Lock (`isLocked: true`) or unlock the ref that `filter` names in full, without `refs/`."""
    row, guard, by = call.repository(), call.azure.guard, call.caller.identity.name
    name = "refs/" + (call.route.get("filter") or call.query.get("filter") or "").removeprefix("refs/")
    current = (await call.azure.refs.read(row)).get(name)
    if current is None:
        raise failure("GitRefNotFoundException", name=name)
    wanted = call.member("isLocked")
    if not isinstance(wanted, bool):
        raise invalid("Invalid argument value.\r\nParameter name: isLocked")
    locked = guard.locked_by(row, name)
    if locked not in (None, by) and not guard.allowed(call.caller, row, name, "RemoveOthersLocks"):
        shown = call.organization.identity(locked or "").display
        raise failure("GitRefUnlockDeniedException", name=name, user=shown)
    if wanted:
        guard.lock(row, name, by)
    else:
        guard.unlock(row, name)
    return await _view(call, row, name, current, _creators(call, row).get(name))


async def _update(call: Call, row: Row, change: dict[str, Any]) -> Row:
    name, old, new = (str(change.get(key, "")) for key in ("name", "oldObjectId", "newObjectId"))
    status = await _status(call, row, name, old, new)
    return {
        "repositoryId": row["id"],
        "name": name,
        "oldObjectId": old,
        "newObjectId": new,
        "isLocked": False,
        "updateStatus": status,
        "success": status == "succeeded",
    }


async def _status(call: Call, row: Row, name: str, old: str, new: str) -> str:
    path, current = call.azure.refs.path(row), await call.azure.refs.read(row)
    held = current.get(name, NO_OBJECT)
    replaces = await _replaces(call, row, name, held, new)
    refusal = call.azure.guard.refusal(row, name, held, new, call.caller, replaces)
    if not name.startswith((_HEADS, "refs/tags/")) or (refusal and refusal.status == "invalidRefName"):
        return "invalidRefName"
    if current.get(name, NO_OBJECT) != old:
        return "staleOldObjectId"
    if refusal is not None:
        return refusal.status
    if new != NO_OBJECT and not await _takes(call, row, name, new):
        return "unresolvableToCommit"
    if old == NO_OBJECT and any(
        other.startswith(f"{name}/") or name.startswith(f"{other}/") for other in current
    ):
        return "refNameConflict"
    try:
        await update_ref(path, name, new, old)
    except RefStale:
        return "staleOldObjectId"
    return "succeeded"


async def _replaces(call: Call, row: Row, name: str, held: str, new: str) -> bool:
    """Whether a branch would lose commits."""
    path = call.azure.refs.path(row)
    if not name.startswith(_HEADS) or NO_OBJECT in (held, new) or not await _takes(call, row, name, new):
        return False
    return (await objects.distance(path, held, new))[0] > 0


async def _takes(call: Call, row: Row, name: str, new: str) -> bool:
    """A branch takes a commit, a tag any object."""
    path = call.azure.refs.path(row)
    if len(new) != len(NO_OBJECT):
        return False
    return await objects.resolve(path, new, "commit" if name.startswith(_HEADS) else "object") is not None


async def move(call: Call, row: Row, name: str, new: str, old: str) -> None:
    """Move a ref for a push or a merge; the caller holds the lock. 409 when somebody was faster."""
    try:
        await update_ref(call.azure.refs.path(row), name, new, old)
    except RefStale as stale:
        raise failure("GitReferenceStaleException", name=name) from stale


@endpoint("GET", BRANCHES, "vso.code")
async def branches(call: Call) -> object:
    """Every branch with how many commits it is ahead of and behind the base (the default branch), or one by `name`."""
    row = call.repository()
    if name := call.query.get("name"):
        return await _stats(call, row, name)
    found = sorted(name for name in await call.azure.refs.read(row) if name.startswith(_HEADS))
    return collection([await _stats(call, row, name.removeprefix(_HEADS)) for name in found])


@endpoint("GET", BRANCH, "vso.code")
async def branch(call: Call) -> object:
    """One branch, or all where the address names none."""
    if "name" not in call.route:
        return await branches(call)
    return await _stats(call, call.repository(), call.route["name"])


async def _stats(call: Call, row: Row, name: str) -> Row:
    path = call.azure.refs.path(row)
    tip = await objects.resolve(path, f"{_HEADS}{name.removeprefix(_HEADS)}")
    if tip is None:
        raise failure("GitUnresolvableToCommitException", kind="Branch", version=name, repository=row["name"])
    base = await versions.asked(call, row, "baseversiondescriptor.")
    ahead, behind = await objects.distance(path, tip, base.commit)
    return {
        "commit": commits.view(call, row, await objects.commit(path, tip)),
        "name": name.removeprefix(_HEADS),
        "aheadCount": ahead,
        "behindCount": behind,
        "isBaseVersion": tip == base.commit and base.name in (name, base.commit),
    }
