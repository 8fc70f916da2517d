"""Sets of containers: opened for a job, closed after it, and found again by whoever comes after a crash."""

import asyncio
import shutil
import time
from pathlib import Path
from typing import Any

from simulator.runtime.background import in_background, tell
from simulator.runtime.docker_ends import DockerEnds
from simulator.runtime.job_containers import creating, outlets
from simulator.runtime.job_containers.commands import DockerCommands
from simulator.runtime.job_containers.programs import Programs
from simulator.runtime.job_containers.registries import ensure_image
from simulator.runtime.job_containers.removing import mark, remove
from simulator.runtime.job_containers.room import DockerRoom
from simulator.runtime.job_containers.values import Container, ContainerFailed, ContainerSet, Opened, Say
from simulator.runtime.proxy_rules import Rules
from simulator.runtime.reach import Reach

_FIRST_PORT = 32768
_LOOK_SECONDS = 0.25


class Sets:
    """What `JobContainers` says of sets, by the Docker engine."""

    def __init__(self, directory: Path, reach: Reach, rules: Rules) -> None:
        self._room = DockerRoom(directory, reach, rules)
        (self._room.directory / "ends").mkdir(parents=True, exist_ok=True, mode=0o700)
        self._ends = DockerEnds(self._room.directory / "ends", reach.ends())
        self.programs = Programs(self._room)
        self.commands = DockerCommands(self._room, self._ends)

    async def look(self) -> None:
        """See that a Docker engine answers. Raises NotSimulated."""
        await in_background(self._room.look)

    async def open(self, wanted: ContainerSet, say: Say) -> Opened:
        """Pull, make the network, create and start, wait for health; what an earlier try left is removed first.

        `say` hears the lines of the log. Raises ContainerFailed or NotSimulated.
        """
        await self._ends.open()
        loop = asyncio.get_running_loop()
        return await in_background(lambda: self._open(wanted, lambda text: tell(loop, say, text)))

    async def close(self, name: str, say: Say) -> None:
        """Stop and remove the containers of a set and its network; a set that is not there is no error."""
        loop = asyncio.get_running_loop()
        await in_background(lambda: self._close(name, lambda text: tell(loop, say, text)))

    def service_sockets(self, name: str) -> Path:
        """The directory whose socket files lead to the published ports of the services of a set."""
        return outlets.service_sockets(self._room, name)

    async def let_go(self) -> None:
        """Let go of this process's own resources; containers go on."""
        self.programs.close()
        await self._ends.close()
        self._room.close()

    def _open(self, wanted: ContainerSet, say: Say) -> Opened:
        remove(self._room, wanted.name, say)
        mark(self._room, wanted.name)
        client = self._room.client()
        version = client.version()
        say(f"Docker daemon API version: '{version['ApiVersion']}'")
        for each in wanted.containers:
            ensure_image(client, each.image, self._room.rules, say, local=each.local, login=each.login)
        network = self._room.network(wanted.name)
        say(f"##[command]/usr/bin/docker network create --label {self._room.label} {network}")
        made = {each.name: creating.create(self._room, wanted, each, say) for each in wanted.containers}
        for each in wanted.containers:
            if not each.service:
                self._make_user(made[each.name], say)
        ports = _published(wanted.containers, made)
        self._lead_to_services(wanted, ports)
        for each in wanted.containers:
            if each.service:
                _await_health(made[each.name], each.name, say)
        return Opened(network, {name: str(each.id) for name, each in made.items()}, ports)

    def _make_user(self, made: Any, say: Say) -> None:
        try:
            creating.make_user(made, self._room.uid(), say)
        except ContainerFailed:
            creating.see_running(made, say)
            raise

    def _lead_to_services(self, wanted: ContainerSet, ports: dict[str, dict[int, int]]) -> None:
        hosts = {
            each.name: each.name if each.service else outlets.host_of(each.name) for each in wanted.containers
        }
        services = [
            f"{outside}={hosts[name]}:{inside}"
            for name, each in ports.items()
            for outside, inside in each.items()
        ]
        if services:
            outlets.open_outlet(self._room, wanted.name, outlets.HOST, services)

    def _close(self, name: str, say: Say) -> None:
        remove(self._room, name, say)
        shutil.rmtree(self._room.place(name), ignore_errors=True)


def _published(containers: tuple[Container, ...], made: dict[str, Any]) -> dict[str, dict[int, int]]:
    """Per container its ports: that of the host, chosen where the mapping names none -> that of the container."""
    chosen = _FIRST_PORT
    found: dict[str, dict[int, int]] = {}
    for each in containers:
        for text in each.ports:
            *outside, inside = text.split(":")[-2:]
            number, _, protocol = inside.partition("/")
            if protocol.lower() not in ("", "tcp") or not number.isdecimal():
                raise ContainerFailed(f"Invalid port mapping {text}: a number, or host:container, of TCP.")
            wanted = int(outside[0]) if outside and outside[0].isdecimal() else chosen
            chosen += wanted == chosen
            found.setdefault(each.name, {})[wanted] = int(number)
    return found


def _await_health(container: Any, name: str, say: Say) -> None:
    """Wait while a service with a HEALTHCHECK starts. Raises ContainerFailed where it is not healthy."""
    told = False
    while True:
        container.reload()
        health = container.attrs["State"].get("Health", {}).get("Status", "")
        if health != "starting" or container.status != "running":
            break
        if not told:
            say(f"{name} service is starting, waiting before checking again.")
            told = True
        time.sleep(_LOOK_SECONDS)
    if health in ("healthy", "", "none"):
        if health == "healthy":
            say(f"{name} service is healthy.")
        return
    raise ContainerFailed(f"Failed to initialize, {name} service is {health}.")
