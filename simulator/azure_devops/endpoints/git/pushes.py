"""Pushes: list them, and push commits by REST, which is the same as `git push`."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from simulator.azure_devops import identities
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
_KINDS = {"1": "add", "2": "edit", "8": "rename", "16": "delete"}


@endpoint("GET", PUSHES, "vso.code")
async def pushes(call: Call) -> object:
    """The pushes of a repository by `searchCriteria.*`, the newest first, or one."""
    row = call.repository()
    found = call.azure.refs.pushes(row)
    if wanted := call.route.get("pushid"):
        for push in found:
            if str(push["pushId"]) == wanted:
                return await _whole(call, row, push)
        raise failure("GitPushNotFoundException", id=wanted)
    criteria = {name.removeprefix("searchcriteria."): value for name, value in call.query.items() if value}
    shown = [push for push in found if _fits(call, push, criteria)]
    skip, top = call.number("$skip", 0), call.number("$top", 100)
    with_refs = criteria.get("includerefupdates", "").lower() == "true"
    return collection([_view(call, row, push, with_refs) for push in shown[skip:][:top]])


def _fits(call: Call, push: Row, criteria: dict[str, str]) -> bool:
    if ref := criteria.get("refname"):
        if ref not in [update["name"] for update in push["refUpdates"]]:
            return False
    if pusher := criteria.get("pusherid"):
        known = identities.find(call.organization.topology, pusher)
        if known is None or known.name != push["pushedBy"]:
            return False
    return bool(criteria.get("fromdate", "") <= push["date"] <= criteria.get("todate", "9999"))


async def _whole(call: Call, row: Row, push: Row) -> Row:
    """One push, with its commits where `includeCommits` says how many."""
    value = _view(call, row, push, call.query.get("includerefupdates", "").lower() == "true")
    count = call.number("includecommits", 0)
    if count:
        brought = await commits.brought(call, row, push)
        value["commits"] = [commits.view(call, row, each) for each in brought[:count]]
    return {**value, "repository": await repositories.view(call, row)}


def _view(call: Call, row: Row, push: Row, with_refs: bool) -> Row:
    by = push["pushedBy"] or call.organization.topology.test_person
    base = f"{call.url}/{row['project']}/_apis/git/repositories/{row['id']}"
    value = {
        "repository": repositories.shown(call, row),
        "pushedBy": call.person_reference(by),
        "pushId": push["pushId"],
        "date": push["date"],
        "url": f"{base}/pushes/{push['pushId']}",
        "_links": {
            "self": {"href": f"{base}/pushes/{push['pushId']}"},
            "repository": {"href": base},
            "commits": {"href": f"{base}/pushes/{push['pushId']}/commits"},
        },
    }
    if with_refs:
        value["refUpdates"] = [{"repositoryId": row["id"], **update} for update in push["refUpdates"]]
    return value


@endpoint("POST", PUSHES, "vso.code_write")
async def push(call: Call) -> object:
    """Make the commits on top of `oldObjectId` and move the ref; a stale ref is refused.

    Where the ref is not there yet, `oldObjectId` is the commit that the new branch begins at.
    """
    row = call.repository()
    updates, given = mappings(call.object_body(), "refUpdates"), mappings(call.object_body(), "commits")
    if len(updates) != 1 or not given:
        raise invalid("A push must update exactly one ref, with at least one commit.")
    name, old = str(updates[0].get("name", "")), str(updates[0].get("oldObjectId") or NO_OBJECT)
    if not name.startswith("refs/heads/"):
        raise failure("InvalidGitRefNameException", name=name)
    made = []
    async with call.azure.refs.lock(row):
        current = await _may_update(call, row, name, old)
        tip = old
        for one in given:
            tip = await _commit(call, row, None if tip == NO_OBJECT else tip, one)
            made.append(tip)
        await call.azure.guard.inspected(row, name, tip)
        await refs.move(call, row, name, tip, current)
        await call.azure.refs.observe(row, call.caller.identity.name)
    value = _view(call, row, call.azure.refs.pushes(row)[0], with_refs=True)
    found = await objects.commits(call.azure.refs.path(row), made[::-1])
    shown = [commits.view(call, row, each) for each in found]
    return Answer(201, {**value, "commits": shown, "repository": await repositories.view(call, row)})


async def _may_update(call: Call, row: Row, name: str, old: str) -> str:
    """What the ref points to now (forty zeros: not there), if it may be moved from `old`."""
    current = (await call.azure.refs.read(row)).get(name, NO_OBJECT)
    new_branch = current == NO_OBJECT and old != NO_OBJECT
    if new_branch and await objects.resolve(call.azure.refs.path(row), old) is None:
        raise failure("GitCommitDoesNotExistException", commit=old)
    if current != old and not new_branch:
        raise failure("GitReferenceStaleException", name=name)
    refusal = call.azure.guard.refusal(row, name, current, "", call.caller)
    if refusal is not None:
        raise refusal.error()
    return current


async def _commit(call: Call, row: Row, parent: str | None, given: dict[str, Any]) -> str:
    path, who = call.azure.refs.path(row), call.caller.identity
    changes: list[FileChange] = []
    for change in mappings(given, "changes"):
        changes += await _changes(call, row, parent, change)
    if not changes:
        raise invalid("A commit must have at least one change.")
    now = call.kernel.clock.iso()
    author = mapping(given, "author")
    written = Signature(
        str(author.get("name") or who.display),
        str(author.get("email") or who.unique_name),
        str(author.get("date") or now),
    )
    committer = Signature(who.display, who.unique_name, now)
    message = str(given.get("comment", ""))
    return await commit_changes(path, parent, tuple(changes), message, written, committer)


async def _changes(call: Call, row: Row, parent: str | None, change: dict[str, Any]) -> list[FileChange]:
    path = _checked(str(mapping(change, "item").get("path", "")))
    kind = str(change.get("changeType", "")).lower()
    kind = _KINDS.get(kind, kind)
    repository = call.azure.refs.path(row)
    known = await objects.tree_entry(repository, parent, path) if parent else None
    if kind == "add" and known:
        raise failure("GitArgumentException", message=f"The item '/{path}' already exists.")
    if kind in ("edit", "delete") and not known:
        raise _missing(row, path)
    if kind == "delete":
        return await _deletions(call, row, str(parent), path)
    if kind in ("add", "edit"):
        mode = known.mode if known and known.kind == "blob" else "100644"
        return [FileChange(path, _content(change), mode)]
    if "rename" in kind:
        source = _checked(str(change.get("sourceServerItem", "")))
        return await _renamed(call, row, parent, source, path, change)
    raise invalid(f"The change type '{kind}' is not valid. Expected one of add, edit, delete, rename.")


def _checked(path: str) -> str:
    parts = path.strip("/").split("/")
    if not path.strip("/") or {"", ".", ".."} & set(parts) or ".git" in map(str.lower, parts) or "\0" in path:
        raise invalid(f"The path '/{path.strip('/')}' of a change is not valid.")
    return path.strip("/")


def _missing(row: Row, path: str) -> Exception:
    told = f"TF401174: The item '/{path}' could not be found in the repository '{row['name']}'."
    return invalid(told)


async def _deletions(call: Call, row: Row, parent: str, path: str) -> list[FileChange]:
    """A file, or every file below a folder."""
    repository = call.azure.refs.path(row)
    found = await objects.entry(repository, parent, path)
    if found is None or found.kind == "blob":
        return [FileChange(path, None)]
    below = await objects.tree(repository, parent, path, recursive=True)
    return [FileChange(each.path, None) for each in below if each.kind == "blob"]


async def _renamed(
    call: Call, row: Row, parent: str | None, source: str, path: str, change: dict[str, Any]
) -> list[FileChange]:
    """A file under its new path (with new content where the change has some), or all files of a folder."""
    repository = call.azure.refs.path(row)
    known = await objects.tree_entry(repository, parent, source) if parent else None
    if parent is None or known is None:
        raise _missing(row, source)
    if known.kind == "blob":
        old = await objects.blob(repository, parent, source)
        content = _content(change) if change.get("newContent") else old
        return [FileChange(source, None), FileChange(path, content, known.mode)]
    changes = []
    for each in await objects.tree(repository, parent, source, recursive=True):
        if each.kind == "blob":
            content = await objects.blob(repository, parent, each.path)
            changes += [
                FileChange(each.path, None),
                FileChange(path + each.path.removeprefix(source), content, each.mode),
            ]
    return changes


def _content(change: dict[str, Any]) -> bytes:
    new = mapping(change, "newContent")
    text = str(new.get("content", ""))
    if str(new.get("contentType", "rawtext")).lower() not in ("base64encoded", "1"):
        return text.encode()
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise invalid("The content of a change is not valid base64.") from error
