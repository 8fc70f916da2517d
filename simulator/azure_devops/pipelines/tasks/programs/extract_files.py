"""ExtractFiles@1: archives that patterns find, into one folder; by Python instead of the programs unzip and tar.

Source: ExtractFilesV1 of microsoft/azure-pipelines-tasks (behaviour and texts). 7z and rar need 7-Zip: not there.
"""

import gzip
import os
import shutil
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from finding import absolute, below, find, remove  # type: ignore[import-not-found]  # beside this file when it runs
from minimatch import Options, match  # type: ignore[import-not-found]
from task_library import fail, flag, lines, required, say  # type: ignore[import-not-found]


def main() -> int:
    """Extracts every archive; the first that cannot be extracted fails the task."""
    target = absolute(required("destinationFolder"))
    archives = list(
        dict.fromkeys(path for line in lines("archiveFilePatterns") for path in _archives(line.strip()))
    )
    if not archives:
        fail("No archives were found using specified file patterns")
    say(f"Found: {len(archives)} files to extract:")
    for path in archives:
        say(path)
    if flag("cleanDestinationFolder") and Path(target).exists():
        say(f"Cleaning destination folder before extraction: {target}")
        remove(target)
    if not Path(target).exists():
        say(f"Creating destination folder: {target}")
        Path(target).mkdir(parents=True)
    for path in archives:
        say(f"Extracting file: {path}")
        _extract(path, target)
    say("Successfully extracted all files.")
    return 0


def _archives(pattern: str) -> Iterator[str]:
    if "*" not in pattern and "?" not in pattern:
        path = absolute(pattern)
        if Path(path).is_dir():
            fail(f"Specified archive: {path} can not be extracted because it is a directory.")
        if not Path(path).exists():
            fail(
                f"Specified archive: {path} can not be extracted because it can not be accessed: it does not exist"
            )
        yield path
        return
    head = pattern[: min(pattern.find(sign) for sign in "*?" if sign in pattern)]
    folder = absolute(head.rpartition("/")[0] or ("/" if head.startswith("/") else "."))
    say(f"Searching for: {pattern} under directory: {folder}")
    if not Path(folder).is_dir():
        fail(f"Search failed because the specified search directory: {folder} does not exist.")
    options = Options(nobrace=False, dot=False, match_base=True)
    # minimatch looks at hidden names only where the pattern does; the folder itself may be hidden.
    yield from (
        path for path in match(find(folder), [absolute(pattern)], "", options) if Path(path).is_file()
    )


def _extract(path: str, target: str) -> None:
    try:
        if zipfile.is_zipfile(path):
            _unzip(path, target)
        elif tarfile.is_tarfile(path):
            _untar(path, target)
        elif path.endswith(".gz"):
            with gzip.open(path) as packed, Path(_inside(target, Path(path).stem)).open("wb") as made:
                shutil.copyfileobj(packed, made)
        else:
            fail(f"Extraction failed for file: {path}: only zip, tar and gz archives are simulated.")
    except (OSError, tarfile.TarError, zipfile.BadZipFile) as wrong:
        fail(f"Extraction failed for file: {path} \nerror: {wrong};")


def _untar(path: str, target: str) -> None:
    with tarfile.open(path) as archive:
        if hasattr(tarfile, "data_filter"):
            archive.extractall(target, filter="data")
            return
        for item in archive:  # Python before 3.11.4 has no filters
            _inside(target, item.name)
            if item.issym() or item.islnk():
                folder = Path() if item.islnk() else Path(item.name).parent
                _inside(target, str(folder / item.linkname))
            elif not (item.isfile() or item.isdir()):
                fail(f"Extraction failed: {item.name} is neither a file nor a folder")
            archive.extract(item, target)


def _unzip(path: str, target: str) -> None:
    with zipfile.ZipFile(path) as archive:
        for item in archive.infolist():
            place = _inside(target, item.filename)
            if Path(place).exists() and not item.is_dir() and not flag("overwriteExistingFiles"):
                fail(f"Extraction failed for file: {path}: {place} already exists.")
            archive.extract(item, target)
            if mode := item.external_attr >> 16 & 0o777:
                Path(place).chmod(mode)


def _inside(target: str, name: str) -> str:
    place: str = os.path.normpath(below(target, name))
    if not place.startswith(f"{target.rstrip('/')}/"):
        fail(f"Extraction failed: {name} lies outside of {target}")
    return place


if __name__ == "__main__":
    sys.exit(main())
