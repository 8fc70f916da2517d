"""The files that differ between two commits of a bare repository."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from simulator.azure_devops.git.program import git

_EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


@dataclass(frozen=True)
class Difference:
    """One file: `kind` is git's letter (AMDRT), `old` and `new` are blobs, `source` the path before a rename."""

    kind: str
    path: str
    old: str
    new: str
    source: str = ""


async def differences(repository: Path, old: str | None, new: str) -> list[Difference]:
    """What leads from `old` (None: from nothing) to `new`; renames are found as git finds them."""
    output = await git(repository, "diff-tree", "-r", "-z", "-M", "--no-abbrev", old or _EMPTY_TREE, new)
    words = output.decode(errors="replace").split("\0")
    found, place = [], 0
    while place < len(words) - 1:
        _, _, before, after, kind = words[place].lstrip(":").split(" ")
        if kind[0] in "RC":
            source, path = words[place + 1], words[place + 2]
            place += 3
            found.append(Difference("R" if kind[0] == "R" else "A", path, before, after, source))
        else:
            found.append(Difference(kind[0], words[place + 1], before, after))
            place += 2
    return found
