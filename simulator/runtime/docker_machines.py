"""Idle works of the Docker engine: a container whose first process only reaps, and programs run in it for other works.

A program is kept as those of job containers are: its output and exit are files that the container and the simulator
share, so the next start finds it. What it leaves in the background becomes a child of the first process.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import docker

from simulator.runtime.engine import WorkUnknown
from simulator.runtime.job_containers.creating import STEPS
from simulator.runtime.job_containers.programs import Programs
from simulator.runtime.job_containers.values import ContainerFailed, Inside
from simulator.runtime.work import Mount, Work


class DockerMachines:
    """Where the programs of idle works keep their files; `find` is the container of a work, or raises WorkUnknown."""

    def __init__(
        self, directory: Path, client: Callable[[], docker.DockerClient], find: Callable[[str], Any]
    ) -> None:
        self.directory, self.client, self._find = directory, client, find
        self.programs = Programs(self)

    def mounts(self, idle: Work) -> list[Mount]:
        """What the container of an idle work has besides; what was asked to be mounted is written down."""
        place = self.place(idle.name)
        shutil.rmtree(place, ignore_errors=True)
        (place / "steps").mkdir(parents=True)
        (place / "mounts").write_text(json.dumps([each.target for each in idle.mounts]))
        return [Mount(place / "steps", STEPS)]

    def holds(self, work: Work) -> bool:
        """Whether the idle work that `work` names has all that it is to see: nothing is mounted later.

        Raises WorkUnknown.
        """
        mounts = self.place(work.within) / "mounts"
        if not mounts.exists():
            raise WorkUnknown(work.within)
        return {each.target for each in work.mounts} <= set(json.loads(mounts.read_text()))

    async def start(self, work: Work, variables: Mapping[str, str]) -> None:
        """Run a work within. Raises ValueError (name taken) or WorkUnknown."""
        if self.programs.has(work.name):
            raise ValueError(f"a work named {work.name!r} is already there")
        inside = Inside(work.name, work.within, "", work.command, variables, work.working_directory)
        try:
            await self.programs.start(inside)
        except ContainerFailed as gone:
            raise WorkUnknown(work.within) from gone

    def forget(self, name: str) -> None:
        """The files of an idle work that was removed."""
        shutil.rmtree(self.place(name), ignore_errors=True)

    def place(self, name: str) -> Path:
        """The directory of an idle work, or of a program."""
        return self.directory / hashlib.sha256(name.encode()).hexdigest()[:16]

    def container(self, containers: str, name: str) -> Any | None:
        """The container of the idle work `containers`."""
        try:
            return self._find(containers)
        except WorkUnknown:
            return None

    def uid(self) -> int:
        """Works of this engine are root in their containers."""
        return 0
