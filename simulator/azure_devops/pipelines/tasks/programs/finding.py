"""Paths below a folder as the task library finds them: the folder first, each folder before what is in it."""

import os
from collections.abc import Iterator
from pathlib import Path


def find(top: str) -> list[str]:
    """`top` and everything below it; links to folders are followed, once each. Nothing where `top` is not there."""
    return list(_walk(top, frozenset())) if os.path.lexists(top) else []


def _walk(path: str, above: frozenset[str]) -> Iterator[str]:
    yield path
    if not Path(path).is_dir():
        return
    real = os.path.realpath(path)
    if real in above:
        return
    for name in sorted(each.name for each in Path(path).iterdir()):
        yield from _walk(below(path, name), above | {real})


def below(folder: str, path: str) -> str:
    """A path that starts in a folder; an absolute one stays as it is."""
    return path if path.startswith("/") else f"{folder.rstrip('/')}/{path}"


def absolute(path: str) -> str:
    """What an input that is a path names: it starts at the sources, where programs of tasks begin."""
    return os.path.normpath(below(str(Path.cwd()), path))


def remove(path: str) -> None:
    """Remove a file, a link or a whole folder; what is not there is no error."""
    place = Path(path)
    if place.is_symlink() or place.is_file():
        place.unlink()
    elif place.is_dir():
        for each in list(place.iterdir()):
            remove(str(each))
        place.rmdir()
