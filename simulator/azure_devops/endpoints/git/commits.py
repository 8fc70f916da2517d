"""Commits: list by criteria, get, in batches, their changes, of a push, common ancestors."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.endpoint import Call, collection, endpoint
from simulator.azure_devops.endpoints.git import versions
from simulator.azure_devops.endpoints.git.changes import counts, of_commit
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.git import objects
from simulator.azure_devops.git.history import Search, new_commits, search
from simulator.azure_devops.git.objects import Commit, Signature
from simulator.azure_devops.organization import Row
from simulator.azure_devops.shapes import mapping, texts

COMMITS = "c2570c3b-5b3f-41b8-98bf-5407bfde8d58"
BATCH = "6400dfb2-0bcb-462b-b992-5a57f8f1416c"
CHANGES = "5bf884f5-3e07-42e9-afb8-1b872267bf16"
OF_PUSH = "168b4bb9-d936-4cd9-8a5f-66d6f6b23192"
MERGE_BASES = "7cf2abb6-c964-4f7e-9872-f78c66e72e9c"
_MODES = {
    "simplifiedhistory": (),
    "firstparent": ("--first-parent",),
    "fullhistory": ("--full-history",),
    "fullhistorysimplifymerges": ("--full-history", "--simplify-merges"),
}


def view(call: Call, row: Row, commit: Commit) -> Row:
    """The GitCommitRef of the wire."""
    project = call.organization.project(row["project"])
    return {
        "commitId": commit.id,
        "treeId": commit.tree,
        "parents": list(commit.parents),
        "author": _signature(commit.author),
        "committer": _signature(commit.committer),
        "comment": commit.message,
        "url": f"{call.url}/{project['id']}/_apis/git/repositories/{row['id']}/commits/{commit.id}",
        "remoteUrl": f"{call.url}/{project['name']}/_git/{row['name']}/commit/{commit.id}",
    }


def reference(call: Call, row: Row, commit: Commit) -> Row:
    """The same in short, as pull requests and lists show it."""
    shown = ("commitId", "author", "committer", "comment", "url")
    whole = view(call, row, commit)
    return {name: whole[name] for name in shown}


def _signature(who: Signature) -> Row:
    return {"name": who.name, "email": who.email, "date": who.date}


@endpoint("GET", COMMITS, "vso.code")
async def commits(call: Call) -> object:
    """One commit (with `changeCount` its changes), or those that fit `searchCriteria.*`."""
    row = call.repository()
    if wanted := call.route.get("commitid"):
        found = await _existing(call, row, wanted)
        value = {**view(call, row, found), "push": _push_of(call, row, found.id)}
        if top := call.number("changecount", 0):
            changes = await of_commit(call, row, found.id)
            value |= {"changes": changes[:top], "changeCounts": counts(changes)}
        return {name: given for name, given in value.items() if given is not None}
    criteria = {
        name.removeprefix("searchcriteria."): value
        for name, value in call.query.items()
        if name.startswith("searchcriteria.")
    }
    skip = call.number("searchcriteria.$skip", call.number("$skip", 0))
    top = call.number("searchcriteria.$top", call.number("$top", 100))
    return await _search(call, row, criteria, skip, top)


@endpoint("POST", BATCH, "vso.code")
async def batch(call: Call) -> object:
    """The same search with the criteria in the body."""
    given = call.object_body()
    criteria = {name.lower(): value for name, value in given.items() if value is not None}
    for name in ("itemVersion", "compareVersion"):
        for member, value in mapping(given, name).items():
            criteria[f"{name.lower()}.{member.lower()}"] = value
    if "ids" in given:
        criteria["ids"] = ",".join(texts(given, "ids"))
    skip = call.number("$skip", int(criteria.get("$skip", 0)))
    top = call.number("$top", int(criteria.get("$top", 100)))
    return await _search(call, call.repository(), criteria, skip, top)


async def _search(call: Call, row: Row, criteria: dict[str, Any], skip: int, top: int) -> object:
    path = call.azure.refs.path(row)
    if ids := str(criteria.get("ids", "")):
        chosen = [await _existing(call, row, each) for each in ids.split(",")[skip:][:top]]
        return collection([view(call, row, each) for each in chosen])
    if not await call.azure.refs.read(row):
        return collection([])
    mode = str(criteria.get("historymode", "simplifiedHistory")).lower()
    if mode not in _MODES:
        raise invalid(f"The value '{mode}' of searchCriteria.historyMode is not valid.")
    version = await versions.named(
        call, row, criteria.get("itemversion.versiontype"), criteria.get("itemversion.version")
    )
    exclude = str(criteria.get("fromcommitid", ""))
    if criteria.get("compareversion.version"):
        compared = await versions.named(
            call, row, criteria.get("compareversion.versiontype"), criteria["compareversion.version"]
        )
        exclude, version = version.commit, compared
    wanted = Search(
        revision=str(criteria.get("tocommitid") or version.commit),
        exclude=exclude,
        author=str(criteria.get("author", "")),
        committer=str(criteria.get("user", "")),
        since=str(criteria.get("fromdate", "")),
        until=str(criteria.get("todate", "")),
        path=str(criteria.get("itempath", "")).strip("/"),
        flags=_MODES[mode],
        oldest_first=str(criteria.get("showoldestcommitsfirst", "")).lower() == "true",
        skip=skip,
        top=top,
    )
    for each in (wanted.revision, wanted.exclude):
        if each:
            await _existing(call, row, each)
    found = [view(call, row, each) for each in await search(path, wanted)]
    if str(criteria.get("includepushdata", "")).lower() == "true":
        found = [{**each, "push": _push_of(call, row, each["commitId"])} for each in found]
    return collection(found)


async def _existing(call: Call, row: Row, commit: str) -> Commit:
    path = call.azure.refs.path(row)
    if not _hexadecimal(commit) or await objects.resolve(path, commit) is None:
        raise failure("GitCommitDoesNotExistException", commit=commit)
    return await objects.commit(path, commit)


def _hexadecimal(text: str) -> bool:
    return 4 <= len(text) <= 40 and all(each in "0123456789abcdefABCDEF" for each in text)


def _push_of(call: Call, row: Row, commit: str) -> Row | None:
    """The push that brought a commit as the tip of a ref, if one did."""
    for push in call.azure.refs.pushes(row):
        if any(each["newObjectId"] == commit for each in push["refUpdates"]):
            by = push["pushedBy"] or call.organization.topology.test_person
            who = call.person_reference(by)
            return {"pushId": push["pushId"], "date": push["date"], "pushedBy": who}
    return None


@endpoint("GET", CHANGES, "vso.code")
async def changes(call: Call) -> object:
    """What a commit changes against its first parent."""
    row = call.repository()
    found = await of_commit(call, row, (await _existing(call, row, call.route["commitid"])).id)
    skip, top = call.number("skip", call.number("$skip", 0)), call.number("top", call.number("$top", 100))
    return {"changeCounts": counts(found), "changes": found[skip:][:top]}


@endpoint("GET", OF_PUSH, "vso.code")
async def of_push(call: Call) -> object:
    """The commits that a push brought."""
    row = call.repository()
    wanted = call.route.get("pushid") or call.query.get("pushid", "")
    for push in call.azure.refs.pushes(row):
        if str(push["pushId"]) == wanted:
            found = await brought(call, row, push)
            skip, top = call.number("skip", 0), call.number("top", 100)
            return collection([view(call, row, each) for each in found[skip:][:top]])
    raise failure("GitPushNotFoundException", id=wanted)


async def brought(call: Call, row: Row, push: Row) -> list[Commit]:
    """The commits of a push: those that lead to its new tips and to none that an earlier push brought."""
    path = call.azure.refs.path(row)
    new = [each["newObjectId"] for each in push["refUpdates"]]
    earlier = [each for each in call.azure.refs.pushes(row) if each["pushId"] < push["pushId"]]
    known = {update["newObjectId"] for each in earlier for update in each["refUpdates"]}
    return await new_commits(path, new, sorted(known))


@endpoint("GET", MERGE_BASES, "vso.code")
async def merge_bases(call: Call) -> object:
    """The best common ancestors of two commits."""
    row = call.repository()
    one = await _existing(call, row, call.route["commitid"])
    other = await _existing(call, row, call.query.get("othercommitid", ""))
    base = await objects.merge_base(call.azure.refs.path(row), one.id, other.id)
    return collection([{"commitId": base}] if base else [])
