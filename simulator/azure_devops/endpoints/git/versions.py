"""Which commit a request means: version, versionType and versionOptions, or the default branch."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.azure_devops.endpoint import Call
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.git import objects
from simulator.azure_devops.organization import Row

_KINDS = {"branch": "refs/heads/{}", "tag": "refs/tags/{}", "commit": "{}"}
_NUMBERS = {"0": "branch", "1": "tag", "2": "commit"}
_OPTIONS = ("none", "previouschange", "firstparent", "0", "1", "2")


@dataclass(frozen=True)
class Version:
    """A version that was asked for and the commit it means."""

    kind: str
    name: str
    commit: str


async def asked(call: Call, row: Row, prefix: str = "versiondescriptor.") -> Version:
    """The version of the query; TF401175 when the repository has none of it."""
    query = call.query
    kind = query.get(f"{prefix}versiontype") or query.get("versiontype")
    name = query.get(f"{prefix}version") or query.get("version")
    options = query.get(f"{prefix}versionoptions") or query.get("versionoptions") or "none"
    return await named(call, row, kind, name, options)


async def named(call: Call, row: Row, kind: str | None, name: str | None, options: str = "none") -> Version:
    """The version of that kind and name; the default branch where there is no name."""
    kind = (kind or "branch").lower()
    kind = _NUMBERS.get(kind, kind)
    if kind not in _KINDS:
        raise invalid(f"The version type '{kind}' is not one of branch, commit, tag.")
    if options.lower() not in _OPTIONS:
        raise invalid(f"The version option '{options}' is not one of none, previousChange, firstParent.")
    shown = (name or row["defaultBranch"]).removeprefix("refs/heads/")
    revision = _KINDS[kind].format(shown) if name else row["defaultBranch"]
    # What a commit id is not may still be the name of a ref; the service takes commits by their ids only.
    is_id = all(each in "0123456789abcdefABCDEF" for each in revision)
    commit = await objects.resolve(call.azure.refs.path(row), revision) if kind != "commit" or is_id else None
    if commit is not None and options.lower() in ("firstparent", "2"):
        commit = await objects.resolve(call.azure.refs.path(row), f"{commit}^1")
    if commit is not None and options.lower() in ("previouschange", "1"):
        path = call.query.get("path") or call.query.get("scopepath") or ""
        found = await objects.log(call.azure.refs.path(row), commit, 2, path.strip("/"))
        commit = found[1].id if len(found) > 1 else None
    if commit is None:
        raise failure(
            "GitUnresolvableToCommitException", kind=kind.title(), version=shown, repository=row["name"]
        )
    return Version(kind.title(), shown, commit)
