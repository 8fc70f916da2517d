"""Which commit a request means: `versionDescriptor.version` and `.versionType`, or the default branch."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.azure_devops.endpoint import Call
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.git import objects
from simulator.azure_devops.organization import Row

_KINDS = {"branch": "refs/heads/{}", "tag": "refs/tags/{}", "commit": "{}"}


@dataclass(frozen=True)
class Version:
    """A version that was asked for and the commit it means."""

    kind: str
    name: str
    commit: str


async def asked(call: Call, row: Row, prefix: str = "versiondescriptor.") -> Version:
    """The version of the query; TF401175 when the repository has none of it."""
    kind = (call.query.get(f"{prefix}versiontype") or call.query.get("versiontype") or "branch").lower()
    name = call.query.get(f"{prefix}version") or call.query.get("version") or ""
    if kind not in _KINDS:
        raise invalid(f"The version type '{kind}' is not one of branch, commit, tag.")
    revision = _KINDS[kind].format(name) if name else row["defaultBranch"]
    shown = name or row["defaultBranch"].removeprefix("refs/heads/")
    commit = await objects.resolve(call.azure.refs.path(row), revision)
    if commit is None:
        raise failure(
            "GitUnresolvableToCommitException", kind=kind.title(), version=shown, repository=row["name"]
        )
    return Version(kind.title(), shown, commit)
