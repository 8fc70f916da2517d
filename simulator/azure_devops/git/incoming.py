"""What a push brings that the repository has not: its commits, and the files that they add and change."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from simulator.azure_devops.git.program import git

_LINK = "160000"


@dataclass(frozen=True)
class IncomingFile:
    """A file as a commit leaves it; `added` says that no parent has the path. Sizes in bytes, packed and whole."""

    path: str
    id: str
    added: bool
    packed_bytes: int = 0
    whole_bytes: int = 0


@dataclass(frozen=True)
class IncomingCommit:
    """One new commit."""

    id: str
    author_email: str
    files: tuple[IncomingFile, ...]


async def commits(
    repository: Path, tips: Collection[str], extra: Mapping[str, str] | None = None
) -> list[IncomingCommit]:
    """The commits that lead to `tips` and to no ref, the oldest first; `extra` says where objects are besides."""
    arguments = ("log", "--reverse", "--format=%H%x00%ae", *tips, "--not", "--all", "--")
    listed = await git(repository, *arguments, extra=extra)
    emails = dict(line.split("\0", 1) for line in listed.decode(errors="replace").splitlines() if line)
    if not emails:
        return []
    changed = await _files(repository, list(emails), extra)
    sizes = await _sizes(repository, {file.id for files in changed.values() for file in files}, extra)
    return [
        IncomingCommit(
            one,
            email,
            tuple(
                IncomingFile(file.path, file.id, file.added, *sizes.get(file.id, (0, 0)))
                for file in changed.get(one, ())
            ),
        )
        for one, email in emails.items()
    ]


async def paths(repository: Path, tip: str, extra: Mapping[str, str] | None = None) -> list[str]:
    """Every file and folder at a commit."""
    output = await git(repository, "ls-tree", "-r", "-t", "-z", "--name-only", tip, extra=extra)
    return [path for path in output.decode(errors="surrogateescape").split("\0") if path]


async def _files(
    repository: Path, identifiers: list[str], extra: Mapping[str, str] | None
) -> dict[str, list[IncomingFile]]:
    """The files by commit; of a merge those that differ from every parent."""
    flags = ("-r", "-c", "--root", "--raw", "-z", "--no-renames", "--no-abbrev", "--stdin")
    given = "".join(f"{one}\n" for one in identifiers).encode()
    output = await git(repository, "diff-tree", *flags, given=given, extra=extra)
    words = iter(output.decode(errors="surrogateescape").split("\0"))
    found: dict[str, list[IncomingFile]] = {}
    current: list[IncomingFile] = []
    for word in words:
        if not word.startswith(":"):
            current = found.setdefault(word.strip(), [])
            continue
        parents = len(word) - len(word.lstrip(":"))
        fields, path = word.lstrip(":").split(" "), next(words)
        mode, identifier, status = fields[parents], fields[2 * parents + 1], fields[-1]
        if "D" not in status and mode != _LINK:
            current.append(IncomingFile(path, identifier, set(status) == {"A"}))
    return found


async def _sizes(
    repository: Path, identifiers: set[str], extra: Mapping[str, str] | None
) -> dict[str, tuple[int, int]]:
    given = "".join(f"{one}\n" for one in sorted(identifiers)).encode()
    shape = "--batch-check=%(objectname) %(objectsize:disk) %(objectsize)"
    output = await git(repository, "cat-file", shape, given=given, extra=extra)
    rows = (line.split() for line in output.decode().splitlines())
    return {row[0]: (int(row[1]), int(row[2])) for row in rows if len(row) == 3 and row[1].isdecimal()}
