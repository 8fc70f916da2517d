"""ArchiveFiles@2: zip and tar archives of a file or folder, made by Python instead of the programs zip and tar.

Source: ArchiveFilesV2 of microsoft/azure-pipelines-tasks (behaviour and texts). 7z and wim need 7-Zip: not there.
"""

import os
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from finding import absolute, below, remove  # type: ignore[import-not-found]  # beside this file when it runs
from task_library import fail, flag, given, required, say, warning  # type: ignore[import-not-found]

_MODES = {"none": "w", "gz": "w:gz", "bz2": "w:bz2", "xz": "w:xz"}


def main() -> int:
    """Makes the archive, or adds to the one that is there."""
    source, archive = absolute(required("rootFolderOrFile")), absolute(required("archiveFile"))
    kind = given("archiveType").lower()
    if kind in ("7z", "wim"):
        fail(
            f"Unable to locate executable file: '7z': archives of type {kind} are not simulated. Use zip or tar."
        )
    _make_room(archive)
    whole = flag("includeRootFolder")
    if not Path(source).exists():
        warning(f"No file or directory found - {source}")
        fail(f"Archive creation failed for archive file: {archive}: nothing to do.")
    top = str(Path(source).parent) if whole or Path(source).is_file() else source
    names = [Path(source).name] if top != source else _names(source)
    say(f"Found {len(names)} files")
    (_tar if kind == "tar" else _zip)(archive, top, names)
    return 0


def _make_room(archive: str) -> None:
    place = Path(archive)
    if place.is_dir():
        fail(f"Specified archive file: {archive} already exists and is not a file.")
    if place.exists() and flag("replaceExistingArchive"):
        say(f"Removing existing archive file before creation: {archive}")
        remove(archive)
    elif place.exists():
        say(f"Archive file: {archive} already exists.  Attempting to add files to it.")
    place.parent.mkdir(parents=True, exist_ok=True)


def _zip(archive: str, top: str, names: list[str]) -> None:
    with zipfile.ZipFile(archive, "a", zipfile.ZIP_DEFLATED, strict_timestamps=False) as made:
        for path in _below(top, names):
            if os.path.normpath(path) != archive:
                _told(os.path.relpath(path, top))
                made.write(path, os.path.relpath(path, top))


def _tar(archive: str, top: str, names: list[str]) -> None:
    compression = given("tarCompression").lower() or "gz"
    adding = Path(archive).exists()
    if adding and compression != "none":
        fail(f"Archive creation failed for archive file: {archive}: cannot update compressed archives")
    mode = "a" if adding else _MODES[compression]
    with tarfile.open(archive, mode) as made:  # type: ignore[call-overload]  # the mode is one of five
        for name in names:
            made.add(below(top, name), name)
            _told(name)


def _told(name: str) -> None:
    if not flag("quiet") or flag("verbose"):
        say(f"  adding: {name}")


def _names(folder: str) -> list[str]:
    return sorted(each.name for each in Path(folder).iterdir())


def _below(top: str, names: list[str]) -> Iterator[str]:
    for name in names:
        path = below(top, name)
        yield path
        if Path(path).is_dir():
            yield from _below(path, _names(path))


if __name__ == "__main__":
    sys.exit(main())
