"""Commits: list and get."""

from __future__ import annotations

from simulator.azure_devops.endpoint import Call, collection, endpoint
from simulator.azure_devops.endpoints.git import versions
from simulator.azure_devops.errors import failure
from simulator.azure_devops.git import objects
from simulator.azure_devops.git.objects import Commit, Signature
from simulator.azure_devops.organization import Row

COMMITS = "c2570c3b-5b3f-41b8-98bf-5407bfde8d58"


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
    """One commit, or those that lead to a version (`searchCriteria.itemVersion`, `.itemPath`, `.$top`, `.$skip`)."""
    row = call.repository()
    path = call.azure.refs.path(row)
    if wanted := call.route.get("commitid"):
        if await objects.resolve(path, wanted) is None:
            raise failure("GitCommitDoesNotExistException", commit=wanted)
        return view(call, row, await objects.commit(path, wanted))
    version = await versions.asked(call, row, "searchcriteria.itemversion.")
    limit = call.number("searchcriteria.$top", call.number("$top", 100))
    skip = call.number("searchcriteria.$skip", call.number("$skip", 0))
    item = call.query.get("searchcriteria.itempath", "").lstrip("/")
    found = await objects.log(path, version.commit, limit, item, skip)
    return collection([view(call, row, commit) for commit in found])
