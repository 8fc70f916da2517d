"""CopyFiles@2: the files of a folder that patterns choose, with their folders or flat.

Source: CopyFilesV2 of microsoft/azure-pipelines-tasks (behaviour and texts).
"""

import os
import shutil
import sys
from pathlib import Path

from finding import absolute, below, find, remove  # type: ignore[import-not-found]  # beside this file when it runs
from minimatch import match  # type: ignore[import-not-found]
from task_library import fail, flag, given, lines, required, say  # type: ignore[import-not-found]


def main() -> int:
    """Copies; fails where a target is a folder."""
    source, target = absolute(given("SourceFolder")), absolute(required("TargetFolder"))
    if not Path(source).exists():
        fail(f"Not found SourceFolder: {source}")
    root = source.replace("[", "[[]")
    files = [path for path in match(find(source), lines("Contents"), root) if not Path(path).is_dir()]
    say(f"found {len(files)} files")
    if not files:
        return 0
    if flag("CleanTargetFolder"):
        say(f"Cleaning target folder: {target}")
        remove(target)
    Path(target).mkdir(parents=True, exist_ok=True)
    for file in files:
        relative = Path(file).name if flag("flattenFolders") else os.path.relpath(file, source)
        _copy(file, below(target, relative))
    return 0


def _copy(file: str, target: str) -> None:
    place = Path(target)
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.is_dir():
        fail(f"Unable to copy file {file} to {target}. The target path already exists as a directory.")
    if place.exists() and not flag("OverWrite"):
        say(f"File {file} already exist at {target}")
        return
    say(f"Copying {file} to {target}")
    (shutil.copy2 if flag("preserveTimestamp") else shutil.copy)(file, target)


if __name__ == "__main__":
    sys.exit(main())
