"""Pushes: list them, and push commits by REST, which is the same as `git push`."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.endpoints.git import commits, refs, repositories
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.git import objects
from simulator.azure_devops.git.objects import Signature
from simulator.azure_devops.git.refs import NO_OBJECT
from simulator.azure_devops.git.writing import FileChange, commit_changes
from simulator.azure_devops.organization import Row
from simulator.azure_devops.shapes import mapping, mappings

PUSHES = "ea98d07b-3c87-4971-8ede-a613694ffb55"


@endpoint("GET", PUSHES, "vso.code")
async def pushes(call: Call) -> object:
    """The pushes of a repository, the newest first, or one."""
    row = call.repository()
    found = call.azure.refs.pushes(row)
    if wanted := call.route.get("pushid"):
        for push in found:
            if str(push["pushId"]) == wanted:
                return _view(call, row, push)
        raise invalid(f"The push {wanted} does not exist in repository {row['name']}.")
    return collection([_view(call, row, push) for push in found])


def _view(call: Call, row: Row, push: Row) -> Row:
    by = push["pushedBy"] or call.organization.topology.test_person
    return {
        **push,
        "pushedBy": call.organization.person_reference(by),
        "repository": {"id": row["id"], "name": row["name"]},
        "url": f"{call.url}/{row['project']}/_apis/git/repositories/{row['id']}/pushes/{push['pushId']}",
    }


@endpoint("POST", PUSHES, "vso.code_write")
async def push(call: Call) -> object:
    """Make the commits on top of `oldObjectId` and move the ref; a stale ref is refused."""
    row = call.repository()
    updates, given = mappings(call.object_body(), "refUpdates"), mappings(call.object_body(), "commits")
    if len(updates) != 1 or not given:
        raise invalid("A push must update exactly one ref, with at least one commit.")
    name, old = str(updates[0].get("name", "")), str(updates[0].get("oldObjectId", NO_OBJECT))
    if not name.startswith("refs/heads/"):
        raise invalid(f"The ref name '{name}' is not valid: expected refs/heads/...")
    async with call.azure.refs.lock(row):
        await _may_update(call, row, name, old)
        tip = old
        for one in given:
            tip = await _commit(call, row, None if tip == NO_OBJECT else tip, one)
        await refs.move(call, row, name, tip, old)
        await call.azure.refs.observe(row, call.caller.identity.name)
    made = await objects.commit(call.azure.refs.path(row), tip)
    value = _view(call, row, call.azure.refs.pushes(row)[0])
    full = {
        **value,
        "commits": [commits.view(call, row, made)],
        "repository": await repositories.view(call, row),
    }
    return Answer(201, full)


async def _may_update(call: Call, row: Row, name: str, old: str) -> None:
    current = (await call.azure.refs.read(row)).get(name, NO_OBJECT)
    if current != old:
        raise failure("GitReferenceStaleException", name=name)
    refusal = call.azure.guard.refusal(row, name, current, NO_OBJECT, call.caller.identity.name)
    if refusal is not None:
        raise refusal.error()


async def _commit(call: Call, row: Row, parent: str | None, given: dict[str, Any]) -> str:
    path, who = call.azure.refs.path(row), call.caller.identity
    changes = []
    for change in mappings(given, "changes"):
        changes += await _changes(call, row, parent, change)
    author = Signature(who.display, who.unique_name, call.kernel.clock.iso())
    return await commit_changes(path, parent, tuple(changes), str(given.get("comment", "")), author)


async def _changes(call: Call, row: Row, parent: str | None, change: dict[str, Any]) -> list[FileChange]:
    path = str(mapping(change, "item").get("path", "")).strip("/")
    kind = str(change.get("changeType", "")).lower()
    exists = parent and await objects.blob(call.azure.refs.path(row), parent, path) is not None
    if not path or ".." in path.split("/") or path.split("/")[0] == ".git":
        raise invalid(f"The path '/{path}' of a change is not valid.")
    if kind == "add" and exists:
        raise invalid(f"The item '/{path}' already exists.")
    if kind in ("edit", "delete") and not exists:
        raise invalid(f"TF401174: The item '/{path}' could not be found in the repository '{row['name']}'.")
    if kind == "delete":
        return [FileChange(path, None)]
    if kind in ("add", "edit"):
        return [FileChange(path, _content(change))]
    if kind == "rename":
        source = str(change.get("sourceServerItem", "")).strip("/")
        content = await objects.blob(call.azure.refs.path(row), parent, source) if parent and source else None
        if content is None:
            raise invalid(
                f"TF401174: The item '/{source}' could not be found in the repository '{row['name']}'."
            )
        return [FileChange(source, None), FileChange(path, content)]
    raise invalid(f"The change type '{kind}' is not valid. Expected one of add, edit, delete, rename.")


def _content(change: dict[str, Any]) -> bytes:
    new = mapping(change, "newContent")
    text = str(new.get("content", ""))
    if str(new.get("contentType", "rawtext")).lower() != "base64encoded":
        return text.encode()
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise invalid("The content of a change is not valid base64.") from error
