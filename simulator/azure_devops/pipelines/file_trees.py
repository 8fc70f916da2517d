"""The files below a folder, none of them outside its fence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path


def files_below(top: Path, fence: Path) -> Iterator[tuple[str, Path]]:
    """(path from `top`, file) of every regular file below `top`; links that lead out of `fence` are left out."""
    if top.is_file():
        yield top.name, top
        return
    limit = fence.resolve()
    for path in sorted(top.rglob("*")):
        if path.is_file() and path.resolve().is_relative_to(limit):
            yield path.relative_to(top).as_posix(), path
