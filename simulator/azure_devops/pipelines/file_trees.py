"""The files below a folder, none of them outside its fence, and copies of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
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


def copy_files(
    source: Path, target: Path, fence: Path, wanted: Callable[[str], bool] = lambda _: True
) -> int:
    """Copy regular files below `source` to `target` (blocks); how many."""
    count = 0
    for relative, file in files_below(source, fence):
        if not wanted(relative):
            continue
        destination = target / relative
        destination.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, destination)
        destination.chmod(file.stat().st_mode & 0o777)
        count += 1
    return count
