"""Merges, cherry-picks and reverts that the server makes, each an operation with an id that clients poll."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.endpoints.git import repositories
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.git import objects
from simulator.azure_devops.git.merging import Outcome, merge, pick, undo
from simulator.azure_devops.git.objects import Commit
from simulator.azure_devops.git.refs import NO_OBJECT
from simulator.azure_devops.git.writing import RefStale, update_ref
from simulator.azure_devops.organization import Row, number_key
from simulator.azure_devops.pull_requests.settling import signature
from simulator.azure_devops.shapes import mapping, mappings, texts

MERGES = "985f7ae9-844f-4906-9897-7ef41516c0e2"
CHERRY_PICKS = "033bad68-9a14-43d1-90e0-59cb8856fef6"
REVERTS = "bc866058-5449-4715-9cf1-a510b6ff193c"
_KIND = "azure_devops.git_operation"
_HEADS = "refs/heads/"


@endpoint("POST", MERGES, "vso.code_write")
async def create_merge(call: Call) -> object:
    """Merge two commits; the merge commit belongs to no branch."""
    row, given = call.repository(), call.object_body()
    parents = texts(given, "parents")
    path = call.azure.refs.path(row)
    if len(parents) != 2:
        raise invalid("Invalid argument value.\r\nParameter name: parents (two commits)")
    for each in parents:
        if await objects.resolve(path, each) is None:
            raise failure("GitCommitDoesNotExistException", commit=each)
    by = signature(call.azure.pull_requests, call.caller.identity)
    comment = str(given.get("comment") or f"Merge {parents[1]} into {parents[0]}")
    outcome = await merge(path, "noFastForward", parents[0], parents[1], comment, by)
    operation = {"parents": list(parents), "comment": comment, **_ended(outcome)}
    return Answer(201, _merge_view(_save(call, row, "merge", operation)))


@endpoint("GET", MERGES, "vso.code")
async def get_merge(call: Call) -> object:
    """A merge operation."""
    return _merge_view(_found(call, call.repository(), "merge", call.route["mergeoperationid"]))


def _merge_view(operation: Row) -> Row:
    commit = operation["commit"]
    told = {"mergeCommitId": commit} if commit else {"failureMessage": operation["failure"]}
    return {
        "mergeOperationId": operation["id"],
        "status": operation["status"],
        "detailedStatus": told,
        "parents": operation["parents"],
        "comment": operation["comment"],
    }


@endpoint("POST", CHERRY_PICKS, "vso.code_write")
async def cherry_pick(call: Call) -> object:
    """Put commits, or those of a pull request, on top of a branch as a new branch."""
    return Answer(201, await _generate(call, "cherryPick"))


@endpoint("POST", REVERTS, "vso.code_write")
async def revert(call: Call) -> object:
    """Undo commits, or a completed pull request, on top of a branch as a new branch."""
    return Answer(201, await _generate(call, "revert"))


@endpoint("GET", CHERRY_PICKS, "vso.code")
async def cherry_picks(call: Call) -> object:
    """A cherry-pick, or the one that made `refName`."""
    return await _shown(call, "cherryPick", "cherrypickid")


@endpoint("GET", REVERTS, "vso.code")
async def reverts(call: Call) -> object:
    """A revert, or the one that made `refName`."""
    return await _shown(call, "revert", "revertid")


async def _shown(call: Call, kind: str, member: str) -> object:
    row = call.repository()
    if member in call.route:
        return await _view(call, row, kind, _found(call, row, kind, call.route[member]))
    wanted = call.query.get("refname", "")
    for _, each in call.kernel.store.scan(_KIND, f"{row['id']}/{kind}/"):
        if each["generated"] == wanted:
            return await _view(call, row, kind, each)
    raise failure("GitAsyncRefOperationNotFoundException", id=wanted)


async def _generate(call: Call, kind: str) -> Row:
    row, given = call.repository(), call.object_body()
    onto, generated = str(given.get("ontoRefName", "")), str(given.get("generatedRefName", ""))
    refs = await call.azure.refs.read(row)
    if onto not in refs or not generated.startswith(_HEADS) or generated in refs:
        raise failure("GitAsyncRefOperationInvalidOntoOrGeneratedRefs", onto=onto, generated=generated)
    commits = await _commits(call, row, kind, mapping(given, "source"))
    async with call.azure.refs.lock(row):
        refusal = call.azure.guard.refusal(row, generated, NO_OBJECT, "", call.caller)
        if refusal is not None:
            raise refusal.error()
        outcome = await _applied(call, row, kind, refs[onto], commits)
        if not outcome.conflicts:
            try:
                await update_ref(call.azure.refs.path(row), generated, outcome.commit, NO_OBJECT)
            except RefStale as stale:
                raise failure("GitReferenceStaleException", name=generated) from stale
            await call.azure.refs.observe(row, call.caller.identity.name)
    operation = {
        "onto": onto,
        "generated": generated,
        "source": mapping(given, "source"),
        **_ended(outcome),
    }
    return await _view(call, row, kind, _save(call, row, kind, operation))


async def _commits(call: Call, row: Row, kind: str, source: dict[str, Any]) -> list[Commit]:
    """The commits that are meant, in the order in which they are applied."""
    path = call.azure.refs.path(row)
    if number := source.get("pullRequestId"):
        request = call.azure.pull_requests.find(str(number))
        if kind == "revert":
            if request["status"] != "completed":
                raise invalid("Only a completed pull request can be reverted.")
            return [await objects.commit(path, request["mergeCommit"])]
        last = max(request["iterations"], key=lambda each: int(each["id"]))
        return (await objects.log(path, last["source"], exclude=last["common"]))[::-1]
    identifiers = [str(each.get("commitId", "")) for each in mappings(source, "commitList")]
    if not identifiers:
        raise invalid("Invalid argument value.\r\nParameter name: source (commitList or pullRequestId)")
    for each in identifiers:
        if await objects.resolve(path, each) is None:
            raise failure("GitCommitDoesNotExistException", commit=each)
    return [await objects.commit(path, each) for each in identifiers]


async def _applied(call: Call, row: Row, kind: str, onto: str, commits: list[Commit]) -> Outcome:
    path = call.azure.refs.path(row)
    by = signature(call.azure.pull_requests, call.caller.identity)
    tip = onto
    for each in commits:
        title = each.message.splitlines()[0] if each.message else each.id
        if kind == "revert":
            message = f'Revert "{title}"\n\nReverted commit `{each.id[:8]}`.'
            outcome = await undo(path, tip, each, message, by)
        else:
            message = f"{each.message.rstrip()}\n\nCherry picked from commit `{each.id[:8]}`."
            outcome = await pick(path, tip, each, message, by)
        if outcome.conflicts:
            return outcome
        tip = outcome.commit
    return Outcome(tip)


def _ended(outcome: Outcome) -> Row:
    if outcome.conflicts:
        told = f"Conflicts in: {', '.join(outcome.conflicts)}"
        return {"status": "failed", "commit": None, "conflict": True, "failure": told}
    return {"status": "completed", "commit": outcome.commit, "conflict": False, "failure": ""}


def _save(call: Call, row: Row, kind: str, operation: Row) -> Row:
    operation["id"] = call.organization.next_number(f"git_{kind}")
    call.kernel.store.put(_KIND, f"{row['id']}/{kind}/{number_key(operation['id'])}", operation)
    return operation


def _found(call: Call, row: Row, kind: str, number: str) -> Row:
    key = f"{row['id']}/{kind}/{number_key(number)}" if number.isdecimal() else ""
    found = call.kernel.store.get(_KIND, key)
    if found is None:
        raise failure("GitAsyncRefOperationNotFoundException", id=number)
    return found


async def _view(call: Call, row: Row, kind: str, operation: Row) -> Row:
    base = f"{call.url}/{row['project']}/_apis/git/repositories/{row['id']}"
    detail = {"conflict": operation["conflict"], "progress": 1.0, "timedout": False}
    if operation["commit"]:
        detail["currentCommitId"] = operation["commit"]
    if operation["failure"]:
        detail |= {"failureMessage": operation["failure"], "status": "other"}
    url = f"{base}/{kind}s/{operation['id']}"
    return {
        f"{kind}Id": operation["id"],
        "parameters": {
            "repository": await repositories.view(call, row),
            "ontoRefName": operation["onto"],
            "generatedRefName": operation["generated"],
            "source": operation["source"],
        },
        "status": operation["status"],
        "detailedStatus": detail,
        "url": url,
        "_links": {"self": {"href": url}, "repository": {"href": base}},
    }


SUGGESTIONS = "9393b4fb-4445-4919-972b-9ad16f442d83"


@endpoint("GET", SUGGESTIONS, "vso.code")
async def suggestions(call: Call) -> object:
    """A pull request for the caller's own newest branch that has none yet."""
    row, by = call.repository(), call.caller.identity.name
    refs = await call.azure.refs.read(row)
    asked = {each["source"] for each in call.azure.pull_requests.active(row["id"])}
    for push in call.azure.refs.pushes(row):
        for update in push["refUpdates"]:
            name = update["name"]
            fits = (
                name.startswith(_HEADS)
                and name in refs
                and name not in asked
                and name != row["defaultBranch"]
            )
            if fits and push["pushedBy"] == by:
                properties = {"sourceBranch": name, "targetBranch": row["defaultBranch"]}
                return collection([{"type": "pullRequest", "properties": properties}])
    return collection([])
