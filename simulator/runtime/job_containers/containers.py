"""The containers of jobs as everybody asks for them; what speaks to the Docker engine is loaded with it."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.runtime.job_containers.values import ContainerSet, Opened, Say
from simulator.runtime.proxy_rules import Rules
from simulator.runtime.reach import Reach

if TYPE_CHECKING:
    from simulator.runtime.job_containers.commands import DockerCommands
    from simulator.runtime.job_containers.programs import Programs
    from simulator.runtime.job_containers.sets import Sets


class JobContainers:
    """The containers of jobs in the Docker engine. `directory` must have the same path for it."""

    def __init__(self, directory: Path, reach: Reach, rules: Rules) -> None:
        self._directory, self._reach, self._rules = directory.resolve(), reach, rules

    @cached_property
    def _sets(self) -> Sets:
        from simulator.runtime.job_containers.sets import Sets  # Docker's client is an eighth of a start

        return Sets(self._directory, self._reach, self._rules)

    @property
    def programs(self) -> Programs:
        """Programs inside the containers."""
        return self._sets.programs

    @property
    def commands(self) -> DockerCommands:
        """What the Docker task does."""
        return self._sets.commands

    async def look(self) -> None:
        """See that a Docker engine answers. Raises NotSimulated."""
        await self._sets.look()

    async def open(self, wanted: ContainerSet, say: Say) -> Opened:
        """Pull, make the network, create and start, wait for health; what an earlier try left is removed first.

        `say` hears the lines of the log. Raises ContainerFailed or NotSimulated.
        """
        return await self._sets.open(wanted, say)

    async def close(self, name: str, say: Say) -> None:
        """Stop and remove the containers of a set and its network; a set that is not there is no error."""
        await self._sets.close(name, say)

    async def known(self) -> list[str]:
        """The sets that the Docker engine, or the directory, still has something of; none where nothing was opened."""
        return sorted(path.read_text() for path in self._directory.glob("*/set"))

    def service_sockets(self, name: str) -> Path:
        """The directory whose socket files lead to the published ports of the services of a set."""
        return self._sets.service_sockets(name)

    async def let_go(self) -> None:
        """Let go of this process's own resources; containers go on."""
        if "_sets" in self.__dict__:
            await self._sets.let_go()
