"""Programs inside containers: each leaves its output and exit in files, so a restarted simulator picks it up."""

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Protocol

import docker
import docker.errors

from simulator.runtime.background import in_background, tell
from simulator.runtime.engine import WorkUnknown
from simulator.runtime.job_containers.creating import STEPS
from simulator.runtime.job_containers.values import ContainerFailed, Inside
from simulator.runtime.logs import Growth, follow
from simulator.runtime.work import Exit

# The directory, then the command: a process group of its own, its output in a file, its exit in another.
_KEEP = (
    'd=$1; shift; set -m; "$@" >"$d/output" 2>&1 </dev/null & p=$!; echo $p >"$d/group"; wait $p; c=$?;'
    ' echo $c >"$d/exit.new"; mv "$d/exit.new" "$d/exit"'
)
_GONE = 137
_LOOK_SECONDS = 0.5


class Around(Protocol):
    """The containers in which programs run: their files at a directory, and how the Docker engine finds them."""

    directory: Path

    def place(self, name: str) -> Path:
        """The directory of a set or of a program inside one."""

    def client(self) -> docker.DockerClient:
        """The connection."""

    def container(self, containers: str, name: str) -> Any | None:
        """The container of that name in a set, None when it is not there."""

    def uid(self) -> int:
        """The user whom programs run as."""


class Programs:
    """Runs programs in containers of sets; keeps what `Engine` says of start, wait, stop, lines, remove and known."""

    def __init__(self, room: Around) -> None:
        self._room, self._growth = room, Growth()
        self._ended: dict[str, asyncio.Event] = {}
        self._exits: dict[str, Exit] = {}

    async def start(self, program: Inside) -> None:
        """Start the program. Raises ContainerFailed when its container does not run."""
        place = self._room.place(program.containers) / "steps" / self._room.place(program.name).name
        place.mkdir(parents=True, exist_ok=True)
        (place / "output").touch()
        begun = {"name": program.name, "containers": program.containers, "container": program.container}
        made = await in_background(lambda: self._create(program, place, begun))
        self._follow(program.name, place, lambda: self._run(made))

    async def wait(self, name: str) -> Exit:
        """The exit of the program, when it has ended."""
        await self._event(name).wait()
        return self._exits[name]

    async def stop(self, name: str, grace_seconds: float, interrupt_seconds: float = 0.0) -> None:
        """SIGINT if wanted and SIGTERM to the program and what it started, SIGKILL after the grace.

        Returns when it has ended.
        """
        for asking, seconds in (("INT", interrupt_seconds), ("TERM", grace_seconds)):
            if seconds > 0 and await self._heeds(name, asking, seconds):
                return
        await in_background(lambda: self._signal(name, "KILL"))
        await self._event(name).wait()

    async def _heeds(self, name: str, asking: str, seconds: float) -> bool:
        """Whether the program ends of a signal within so many seconds."""
        await in_background(lambda: self._signal(name, asking))
        try:
            async with asyncio.timeout(seconds):
                await self._event(name).wait()
        except TimeoutError:
            return False
        return True

    async def lines(self, name: str) -> AsyncIterator[str]:
        """Every line from the first on, following until the exit."""
        ended = self._event(name)
        async for line in follow(self._place(name) / "output", self._growth, ended):
            yield line

    async def remove(self, name: str) -> None:
        """Forget a program, killing it if it still runs; its files go with its set."""
        if name in await self.known():
            if not self._event(name).is_set():
                await self.stop(name, 0)
            (self._place(name) / "begun").unlink()
        self._ended.pop(name, None)
        self._exits.pop(name, None)

    async def known(self) -> list[str]:
        """The programs that were started and not removed, by whatever process."""
        return [str(each["name"]) for each in self._begun()]

    async def label(self, containers: str, container: str, name: str) -> str:
        """A label of a container, which has those of its image; "" where it has none of that name."""
        found = await in_background(lambda: self._room.container(containers, container))
        return "" if found is None else str(found.labels.get(name, ""))

    def has(self, name: str) -> bool:
        """Whether it was started and not removed, by whatever process."""
        return any(self._room.directory.glob(f"*/steps/{self._room.place(name).name}/begun"))

    def close(self) -> None:
        """Stop following; programs go on."""
        self._growth.close()

    def _begun(self) -> list[dict[str, Any]]:
        return [json.loads(path.read_text()) for path in self._room.directory.glob("*/steps/*/begun")]

    def _place(self, name: str) -> Path:
        found = list(self._room.directory.glob(f"*/steps/{self._room.place(name).name}"))
        if not found or not (found[0] / "begun").exists():
            raise WorkUnknown(name)
        return found[0]

    def _create(self, program: Inside, place: Path, begun: dict[str, Any]) -> str:
        container = self._room.container(program.containers, program.container)
        if container is None or container.status != "running":
            raise ContainerFailed(f"Docker container {program.container} is not in running state.")
        command = ["bash", "-c", _KEEP, "bash", f"{STEPS}/{place.name}", *program.command]
        made: dict[str, str] = self._room.client().api.exec_create(
            container.id,
            command,
            environment=dict(program.environment),
            workdir=program.working_directory or None,
            user=str(self._room.uid()),
        )
        begun = {**begun, "exec": made["Id"], "started": time.time()}
        (place / "begun.new").write_text(json.dumps(begun))
        (place / "begun.new").rename(place / "begun")
        return made["Id"]

    def _event(self, name: str) -> asyncio.Event:
        """Set when the program has ended; one that an earlier process started is looked after from now on."""
        if name not in self._ended:
            place = self._place(name)
            made = json.loads((place / "begun").read_text())["exec"]
            self._follow(name, place, lambda: self._look(made))
        return self._ended[name]

    def _follow(self, name: str, place: Path, until_ended: Any) -> None:
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        self._ended[name] = ended
        started = time.time()

        def watch() -> None:
            reason = until_ended()
            code = place / "exit"
            if code.exists():
                found = Exit(int(code.read_text()), started, time.time())
            else:
                found = Exit(_GONE, started, time.time(), reason or "the container has ended")
            tell(loop, self._settle, name, ended, found)

        threading.Thread(target=watch, daemon=True).start()

    def _settle(self, name: str, ended: asyncio.Event, found: Exit) -> None:
        self._exits[name] = found
        ended.set()

    def _run(self, made: str) -> str:
        """Start the exec and stay until it has ended; what the Docker engine said where it could not be."""
        try:
            output = self._room.client().api.exec_start(made)
        except docker.errors.APIError as failure:
            return str(failure.explanation)
        return bytes(output).decode(errors="replace").strip()

    def _look(self, made: str) -> str:
        """Stay until an exec that this process has not started has ended: nothing but asking tells."""
        while True:
            try:
                if not self._room.client().api.exec_inspect(made)["Running"]:
                    return ""
            except docker.errors.NotFound:
                return ""
            time.sleep(_LOOK_SECONDS)

    def _signal(self, name: str, signal: str) -> None:
        place = self._place(name)
        begun = json.loads((place / "begun").read_text())
        container = self._room.container(begun["containers"], begun["container"])
        if container is None or container.status != "running":
            return
        group = f'test ! -s "{STEPS}/{place.name}/group" || kill -{signal} -- -$(cat "{STEPS}/{place.name}/group")'
        container.exec_run(["bash", "-c", group], user="0")
