"""Reads commits, trees and files of a bare repository."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from simulator.azure_devops.git.program import GitFailed, git

_FORMAT = "%H%x00%T%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B%x01"


@dataclass(frozen=True)
class Signature:
    """Who wrote or committed, and when (ISO 8601)."""

    name: str
    email: str
    date: str


@dataclass(frozen=True)
class Commit:
    """One commit."""

    id: str
    tree: str
    parents: tuple[str, ...]
    author: Signature
    committer: Signature
    message: str


@dataclass(frozen=True)
class Entry:
    """One entry of a tree; `path` is from the root, without a slash at its start."""

    mode: str
    kind: str
    id: str
    path: str


async def resolve(repository: Path, revision: str, kind: str = "commit") -> str | None:
    """The full id of what `revision` (ref or id) means, or None."""
    if not revision or revision.startswith("-"):
        return None
    try:
        output = await git(repository, "rev-parse", "--verify", "--quiet", f"{revision}^{{{kind}}}")
    except GitFailed:
        return None
    return output.decode().strip()


async def log(
    repository: Path, revision: str, limit: int = 100, path: str = "", skip: int = 0, exclude: str = ""
) -> list[Commit]:
    """The commits that lead to `revision`, the newest first, without those that lead to `exclude`."""
    arguments = ["log", f"--format={_FORMAT}", f"--max-count={limit}", f"--skip={skip}", revision]
    arguments += [f"^{exclude}"] if exclude else []
    arguments += ["--", path] if path else ["--"]
    output = (await git(repository, *arguments)).decode(errors="replace")
    return [_commit(text.lstrip("\n")) for text in output.split("\x01") if text.strip()]


async def commits(repository: Path, identifiers: list[str]) -> list[Commit]:
    """The commits with these ids, in that order."""
    if not identifiers:
        return []
    given = "".join(f"{each}\n" for each in identifiers).encode()
    output = await git(repository, "log", f"--format={_FORMAT}", "--no-walk=unsorted", "--stdin", given=given)
    return [
        _commit(text.lstrip("\n")) for text in output.decode(errors="replace").split("\x01") if text.strip()
    ]


async def sizes(repository: Path, identifiers: list[str]) -> dict[str, int]:
    """How many bytes objects have."""
    given = "".join(f"{each}\n" for each in identifiers).encode()
    output = await git(repository, "cat-file", "--batch-check=%(objectname) %(objectsize)", given=given)
    return {name: int(size) for name, size in (line.split() for line in output.decode().splitlines())}


async def distance(repository: Path, one: str, other: str) -> tuple[int, int]:
    """How many commits lead to `one` only, and to `other` only."""
    output = await git(repository, "rev-list", "--left-right", "--count", f"{one}...{other}")
    ahead, behind = output.decode().split()
    return int(ahead), int(behind)


async def commit(repository: Path, revision: str) -> Commit:
    """One commit."""
    return (await log(repository, revision, 1))[0]


async def entry(repository: Path, revision: str, path: str) -> Entry | None:
    """The file or directory under `path` at a revision, or None."""
    if "\n" in path or _is_relative(path):
        return None
    output = await git(repository, "cat-file", "--batch-check", given=f"{revision}:{path}\n".encode())
    words = output.decode(errors="replace").rsplit(maxsplit=2)
    if len(words) != 3 or words[1] not in ("blob", "tree"):
        return None
    return Entry("100644" if words[1] == "blob" else "040000", words[1], words[0], path)


async def tree_entry(repository: Path, revision: str, path: str) -> Entry | None:
    """The same with its real mode (whether a file is executable, or a link)."""
    output = await git(repository, "ls-tree", "-z", revision, "--", f":(literal){path}")
    line = output.decode(errors="surrogateescape").rstrip("\0")
    if not line:
        return None
    mode, kind, identifier = line.split("\t", 1)[0].split()
    return Entry(mode, kind, identifier, path)


async def blob(repository: Path, revision: str, path: str) -> bytes | None:
    """A file's content at a revision, or None where it is not there."""
    found = await entry(repository, revision, path)
    return await git(repository, "cat-file", "blob", found.id) if found and found.kind == "blob" else None


async def tree(repository: Path, revision: str, path: str = "", recursive: bool = False) -> list[Entry]:
    """The entries of a directory (with `recursive`, all below it)."""
    flags = ["-r", "-t"] if recursive else []
    target = f"{revision}:{path}" if path else revision
    output = await git(repository, "ls-tree", "-z", *flags, target)
    entries = []
    for line in output.decode(errors="surrogateescape").split("\0"):
        if line:
            facts, _, name = line.partition("\t")
            mode, kind, identifier = facts.split()
            entries.append(Entry(mode, kind, identifier, f"{path}/{name}".lstrip("/")))
    return entries


async def text_files(repository: Path, revision: str, suffixes: tuple[str, ...]) -> dict[str, str]:
    """The texts of all files at a revision whose names end so: path (no slash at its start) to text."""
    wanted = [
        entry
        for entry in await tree(repository, revision, recursive=True)
        if entry.kind == "blob" and entry.path.endswith(suffixes)
    ]
    asked = "".join(f"{entry.id}\n" for entry in wanted).encode()
    output = await git(repository, "cat-file", "--batch", given=asked) if wanted else b""
    files, position = {}, 0
    for entry in wanted:
        end = output.index(b"\n", position)
        size = int(output[position:end].split()[2])
        files[entry.path] = output[end + 1 : end + 1 + size].decode(errors="replace")
        position = end + 1 + size + 1
    return files


async def count(repository: Path) -> int:
    """How many commits lead to any branch."""
    return int(await git(repository, "rev-list", "--count", "--branches"))


async def changed_paths(repository: Path, old: str | None, new: str) -> tuple[str, ...]:
    """The paths that differ between two commits; all of `new` where there is no `old`."""
    if old is None:
        return tuple(
            entry.path for entry in await tree(repository, new, recursive=True) if entry.kind == "blob"
        )
    output = await git(repository, "diff", "--name-only", "-z", "--no-renames", old, new)
    return tuple(path for path in output.decode(errors="replace").split("\0") if path)


async def merge_base(repository: Path, one: str, other: str) -> str | None:
    """The best common ancestor of two commits, if there is one."""
    try:
        return (await git(repository, "merge-base", one, other)).decode().strip()
    except GitFailed as failed:
        if failed.code == 1:
            return None
        raise


def _is_relative(path: str) -> bool:
    """Whether git would take the path from a working directory, which a bare repository has not."""
    return path.split("/", 1)[0] in (".", "..")


def _commit(text: str) -> Commit:
    identifier, tree_id, parents, *people, message = text.split("\0", 9)
    author, committer = Signature(*people[:3]), Signature(*people[3:])
    return Commit(identifier, tree_id, tuple(parents.split()), author, committer, message.strip("\n"))
