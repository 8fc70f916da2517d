"""Makes commits in a bare repository without a checkout: file changes, merges and squashes."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from simulator.azure_devops.git.objects import Signature
from simulator.azure_devops.git.program import GitFailed, git
from simulator.azure_devops.git.refs import NO_OBJECT


@dataclass(frozen=True)
class FileChange:
    """One change of a commit: new `content` under `path`, or None to delete it; `mode` is git's."""

    path: str
    content: bytes | None
    mode: str = "100644"


@dataclass(frozen=True)
class Merged:
    """The tree that a merge gives, or the paths that are in conflict."""

    tree: str
    conflicts: tuple[str, ...] = ()


class RefStale(Exception):
    """The ref does not point any more to what the writer saw."""


async def commit_changes(
    repository: Path,
    parent: str | None,
    changes: tuple[FileChange, ...],
    message: str,
    author: Signature,
    committer: Signature | None = None,
) -> str:
    """A commit on top of `parent` (None: the first) with these changes; its id."""
    with tempfile.TemporaryDirectory(prefix="index-", dir=repository) as directory:
        extra = {"GIT_INDEX_FILE": os.path.join(directory, "index")}  # noqa: PTH118  (an environment value)
        if parent:
            await git(repository, "read-tree", parent, extra=extra)
        lines = []
        for change in changes:
            if change.content is None:
                lines.append(f"0 {NO_OBJECT}\t{change.path}")
                continue
            written = await git(repository, "hash-object", "-w", "--stdin", given=change.content)
            lines.append(f"{change.mode} {written.decode().strip()}\t{change.path}")
        await git(
            repository,
            "update-index",
            "-z",
            "--index-info",
            given="".join(f"{x}\0" for x in lines).encode(),
            extra=extra,
        )
        tree = (await git(repository, "write-tree", extra=extra)).decode().strip()
    return await commit_tree(repository, tree, (parent,) if parent else (), message, author, committer)


async def commit_tree(
    repository: Path,
    tree: str,
    parents: tuple[str, ...],
    message: str,
    author: Signature,
    committer: Signature | None = None,
) -> str:
    """A commit of a tree; its id. The author commits it where nobody else is named."""
    committer = committer or author
    extra = {
        "GIT_AUTHOR_NAME": author.name,
        "GIT_AUTHOR_EMAIL": author.email,
        "GIT_AUTHOR_DATE": author.date,
        "GIT_COMMITTER_NAME": committer.name,
        "GIT_COMMITTER_EMAIL": committer.email,
        "GIT_COMMITTER_DATE": committer.date,
    }
    flags = [word for parent in parents for word in ("-p", parent)]
    output = await git(repository, "commit-tree", tree, *flags, given=message.encode(), extra=extra)
    return output.decode().strip()


async def merge_trees(repository: Path, target: str, source: str) -> Merged:
    """What merging `source` into `target` gives: a real three-way merge, in memory (git 2.38 or newer)."""
    try:
        output = await git(
            repository, "merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", target, source
        )
    except GitFailed as failed:
        if failed.code != 1:
            raise
        tree, *paths = failed.output.decode(errors="replace").split("\0")
        return Merged(tree, tuple(dict.fromkeys(path for path in paths if path)))
    return Merged(output.decode().split("\0")[0].strip())


async def update_ref(repository: Path, name: str, new: str, old: str) -> None:
    """Move a ref from `old` to `new` (forty zeros: not there); RefStale when it is elsewhere by now."""
    arguments = ("-d", name, old) if new == NO_OBJECT else (name, new, old)
    try:
        await git(repository, "update-ref", *arguments)
    except GitFailed as failed:
        if "cannot lock ref" in failed.error or "reference already exists" in failed.error:
            raise RefStale(name) from failed
        raise
