"""Opening a pull request: what must hold, and the row that it becomes."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.git import objects
from simulator.azure_devops.git.refs import NO_OBJECT
from simulator.azure_devops.identities import Identity, stable_id
from simulator.azure_devops.organization import Row
from simulator.azure_devops.pull_requests import forks, reviewers
from simulator.azure_devops.pull_requests.rows import HEADS, PullRequestRows
from simulator.azure_devops.shapes import mapping, mappings

_MAXIMUM_TITLE = 400
_MAXIMUM_DESCRIPTION = 4000


async def create(requests: PullRequestRows, repository: Row, author: Identity, given: dict[str, Any]) -> Row:
    """A new, active pull request; TF401179 when the two branches have one. Its merge is attempted afterwards."""
    source, target = str(given.get("sourceRefName", "")), str(given.get("targetRefName", ""))
    origin = forks.asked(requests.organization, repository, given)
    refs, sources = await requests.refs.read(repository), await requests.refs.read(origin)
    existing(origin, sources, source)
    existing(repository, refs, target)
    fork = origin["id"] if origin["id"] != repository["id"] else None
    _two_branches(requests, repository, (fork, source), target)
    checked_texts(given)
    tip = sources[source]
    await forks.bring(requests.refs, origin, repository, source, tip)
    path = requests.refs.path(repository)
    base = await objects.merge_base(path, tip, refs[target])
    paths = await objects.changed_paths(path, base, tip) if base else ()
    row: Row = {
        "repository": repository["id"],
        "project": repository["project"],
        "source": source,
        "fork": fork,
        "target": target,
        "title": str(given.get("title", "")),
        "description": str(given.get("description") or ""),
        "isDraft": bool(given.get("isDraft", False)),
        "status": "active",
        "createdBy": author.name,
        "created": requests.kernel.clock.iso(),
        "completionOptions": mapping(given, "completionOptions"),
        "workItems": [str(item.get("id", "")) for item in mappings(given, "workItemRefs")],
        "mergeStatus": "queued",
        "mergeSource": tip,
        "mergeTarget": refs[target],
        "paths": list(paths),
        "iterations": [first_iteration(requests, author, tip, refs[target], base or NO_OBJECT)],
        "labels": [label(str(item.get("name", ""))) for item in mappings(given, "labels")],
        "reviewers": [],
    }
    _two_branches(requests, repository, (fork, source), target)
    row["id"] = requests.organization.next_number("pull_request")
    row["mergeId"] = stable_id("merge", str(row["id"]))
    asked = [reviewers.asked(requests, item) for item in mappings(given, "reviewers")]
    row["reviewers"] = reviewers.together(asked, [] if row["isDraft"] else requests.gate.reviewers(row))
    requests.add(row, author.name)
    return row


def existing(repository: Row, refs: dict[str, str], name: str) -> None:
    """A branch of a pull request must be there: TF401175."""
    if name not in refs or not name.startswith(HEADS):
        shown = name.removeprefix(HEADS)
        raise failure(
            "GitUnresolvableToCommitException", kind="Branch", version=shown, repository=repository["name"]
        )


def _two_branches(
    requests: PullRequestRows, repository: Row, source: tuple[str | None, str], target: str
) -> None:
    if source == (None, target):
        raise invalid("The source and the target branch of a pull request must be different.")
    for row in requests.active(repository["id"]):
        if ((row.get("fork"), row["source"]), row["target"]) == (source, target):
            raise failure("GitPullRequestExistsException")


def checked_texts(given: dict[str, Any]) -> None:
    """Title and description keep the service's limits (Learn, "Pull requests - Create")."""
    if "title" in given and not 0 < len(str(given["title"])) <= _MAXIMUM_TITLE:
        raise invalid(f"Invalid argument value.\r\nParameter name: title (1 to {_MAXIMUM_TITLE} characters)")
    if len(str(given.get("description") or "")) > _MAXIMUM_DESCRIPTION:
        raise invalid(
            f"Invalid argument value.\r\nParameter name: description (at most {_MAXIMUM_DESCRIPTION} characters)"
        )


def label(name: str) -> Row:
    """A label: the same name is the same id."""
    if not name:
        raise invalid("Invalid argument value.\r\nParameter name: name")
    return {"id": stable_id("label", name), "name": name, "active": True}


def first_iteration(
    requests: PullRequestRows, author: Identity, source: str, target: str, common: str
) -> Row:
    """What the pull request held when it was opened."""
    return {
        "id": 1,
        "author": author.name,
        "created": requests.kernel.clock.iso(),
        "source": source,
        "target": target,
        "common": common,
        "reason": "create",
    }
