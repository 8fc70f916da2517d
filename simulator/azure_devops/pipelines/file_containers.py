"""The file container of a run: its items as rows, the files themselves in a tree of the simulator's own storage.

The container of a run has the run's number. Source: the agent's `FileContainerServer` and `FileContainerProvider`, and
the `FileContainerItem` of its client (paths have no slash at either end, folders are items of their own).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.organization import Row, number_key
from simulator.azure_devops.pipelines.file_trees import copy_files, files_below
from simulator.kernel.world import Kernel

KIND = "azure_devops.container_item"
FOLDERS = ("containers", "uploads")
"""Where the files of containers are, and those that have not come whole."""
_LONGEST_NAME_BYTES = 255


def normalized(path: str) -> str:
    """A path in a container with single slashes and none at its ends; 400 for what is no path there."""
    parts = [part for part in re.split(r"[\\/]", path) if part]
    for part in parts:
        if part in (".", "..") or "\x00" in part or len(part.encode()) > _LONGEST_NAME_BYTES:
            raise invalid(f"Invalid argument value.\r\nParameter name: itemPath ({path[:100]})")
    return "/".join(parts)


def place_of(data: str) -> tuple[int, str] | None:
    """The container and the path of `#/{container}/{path}`; None for anything else. Pure."""
    found = re.fullmatch(r"#/(\d{1,9})/(.+)", data, re.DOTALL)
    return (int(found[1]), found[2].strip("/")) if found else None


class FileContainer:
    """The items of one run's container. `by` is the id of the identity that writes."""

    def __init__(self, kernel: Kernel, run: int) -> None:
        self._kernel, self._run = kernel, run
        self._prefix = f"{number_key(run)}/"
        self.files, self.uploads = (
            kernel.store.directory / "azure_devops" / folder / str(run) for folder in FOLDERS
        )

    def find(self, path: str) -> Row | None:
        """The item at a path."""
        return self._kernel.store.get(KIND, self._prefix + path) if path else None

    def listed(self, path: str = "", shallow: bool = False) -> list[Row]:
        """The item at a path and those below it, or only its own children; all items for "". By path."""
        below = f"{path}/" if path else ""
        rows = [row for _, row in self._kernel.store.scan(KIND, self._prefix + below)]
        if shallow:
            rows = [row for row in rows if "/" not in row["path"].removeprefix(below)]
        item = self.find(path)
        return [item, *rows] if item else rows

    def size(self, path: str = "") -> int:
        """The bytes of the files at or below a path."""
        return sum(row["length"] for row in self.listed(path))

    def put(self, kind: str, path: str, by: str, **values: object) -> Row:
        """Make or change the item at a path, with the folders that it lies in; 400 where one of another kind is.

        In the caller's transaction.
        """
        known = self.find(path)
        if known is not None and known["type"] != kind:
            raise failure("ContainerItemExistsException", type=known["type"], path=path)
        folder, _, _ = path.rpartition("/")
        above = self.find(folder)
        if folder and (above is None or above["type"] != "folder"):
            self.put("folder", folder, by)
        now = self._kernel.clock.now()
        fresh = {"created": now, "by": by, "status": "created", "length": 0}
        row = {"container": self._run, "path": path, "type": kind, **(known or fresh)}
        row |= {"modified": now, "modifiedBy": by, **values}
        self._kernel.store.put(KIND, self._prefix + path, row)
        return row

    def delete(self, path: str) -> None:
        """Forget the item at a path and all below it; the files go with `Path.unlink` of the caller's."""
        for row in self.listed(path):
            self._kernel.store.delete(KIND, self._prefix + row["path"])

    def record(self, folder: str, files: Iterable[tuple[str, int]], by: str) -> None:
        """Write the items of files that `copy_in` has stored: their paths in the folder and their bytes."""
        with self._kernel.store.transaction():
            for relative, length in files:
                self.put("file", f"{folder}/{relative}".lstrip("/"), by, status="created", length=length)


def copy_in(container: FileContainer, source: Path, fence: Path, folder: str) -> list[tuple[str, int]]:
    """Copy a file or a directory into a folder of the container (blocks): the files' paths there and their bytes.

    Links out of `fence` are left out.
    """
    copy_files(source, container.files / folder, fence)
    return [(relative, file.stat().st_size) for relative, file in files_below(source, fence)]
