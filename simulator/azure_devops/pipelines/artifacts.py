"""The artifacts of runs: copies of files in the simulator's own storage, and a row for each artifact."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from pathlib import Path

from simulator.azure_devops.organization import Row, number_key
from simulator.azure_devops.pipelines.file_containers import FileContainer, place_of
from simulator.azure_devops.pipelines.file_trees import copy_files, files_below
from simulator.kernel.world import Kernel

KIND = "azure_devops.artifact"


class Artifacts:
    """The artifacts of one run."""

    def __init__(self, kernel: Kernel, run: int) -> None:
        self._kernel, self._run = kernel, run
        self._directory = kernel.store.directory / "azure_devops" / "artifacts" / str(run)

    def listed(self) -> list[Row]:
        """The rows, by name."""
        return [row for _, row in self._kernel.store.scan(KIND, f"{number_key(self._run)}/")]

    def find(self, name: str) -> Row | None:
        """The artifact of that name."""
        return self._kernel.store.get(KIND, f"{number_key(self._run)}/{name}")

    def path(self, row: Row) -> Path:
        """Where its files are: for one of the Container form, in the container that its data names."""
        if row["type"].lower() == "container" and (place := place_of(row["data"])):
            return FileContainer(self._kernel, place[0]).files / place[1]
        return self._directory / str(row["id"])

    def copy_in(self, number: int, source: Path, fence: Path, inner: str = "") -> int:
        """Copy a file or a directory into the storage (blocks); how many files. Links out of `fence` are left out.

        `inner` is a folder in the artifact.
        """
        target = self._directory / str(number) / posixpath.normpath(f"/{inner}").lstrip("/")
        return copy_files(source, target, fence)

    def add(
        self,
        name: str,
        number: int,
        kind: str,
        record: str,
        data: str = "",
        properties: Mapping[str, str] | None = None,
    ) -> Row:
        """The row of files that are stored; the same name again replaces it (a step that ran again).

        `data` is the place of an artifact that lies in a container or elsewhere.
        """
        row: Row = {
            "id": number,
            "run": self._run,
            "name": name,
            "type": kind,
            "source": record,
            "data": data,
        }
        row["properties"] = dict(properties or {})
        files = [file for _, file in files_below(self.path(row), self.path(row))]
        row["size"] = sum(file.stat().st_size for file in files)
        with self._kernel.store.transaction():
            self._kernel.store.put(KIND, f"{number_key(self._run)}/{name}", row)
            detail = {"run": self._run, "artifact": name, "files": len(files), "bytes": row["size"]}
            self._kernel.log.record("ArtifactPublished", f"run {self._run} {name}", detail)
        return row
