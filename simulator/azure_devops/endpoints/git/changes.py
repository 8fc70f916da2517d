"""What differs between two commits, as GitChange: added, edited, deleted and renamed files."""

from __future__ import annotations

from collections import Counter

from simulator.azure_devops.endpoint import Call
from simulator.azure_devops.git import objects
from simulator.azure_devops.git.differences import Difference, differences
from simulator.azure_devops.organization import Row

_WORDS = {"A": "add", "M": "edit", "D": "delete", "R": "rename", "T": "edit"}


async def entries(call: Call, row: Row, old: str | None, new: str) -> list[Row]:
    """The changes from `old` (None: nothing) to `new`."""
    found = await differences(call.azure.refs.path(row), old, new)
    return [_view(call, row, each, new) for each in found]


def counts(found: list[Row]) -> dict[str, int]:
    """How many changes there are of each kind, as the service writes it (`Add`, `Edit`, `Delete`, `Rename`)."""
    return dict(Counter(each["changeType"].split(",")[0].strip().title() for each in found))


async def of_commit(call: Call, row: Row, commit: str) -> list[Row]:
    """What a commit changes against its first parent."""
    found = await objects.commit(call.azure.refs.path(row), commit)
    return await entries(call, row, found.parents[0] if found.parents else None, commit)


def _view(call: Call, row: Row, each: Difference, commit: str) -> Row:
    item = {
        "objectId": each.new if each.kind != "D" else each.old,
        "gitObjectType": "blob",
        "commitId": commit,
        "path": f"/{each.path}",
        "url": f"{call.url}/{row['project']}/_apis/git/repositories/{row['id']}/items/{each.path}"
        f"?versionType=Commit&version={commit}",
    }
    if each.kind in ("M", "T", "R"):
        item["originalObjectId"] = each.old
    value: Row = {"item": item, "changeType": _WORDS[each.kind]}
    if each.kind == "R":
        value["sourceServerItem"] = f"/{each.source}"
        if each.old != each.new:
            value["changeType"] = "edit, rename"
    return value
