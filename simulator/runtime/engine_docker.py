"""The engine of containers: each work is a container without a network that reaches the simulator by socket files."""

import asyncio
import datetime as dt
import hashlib
import os
import select
import shutil
import threading
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import docker
import docker.errors
import docker.types

from simulator.kernel.errors import DoesNotAnswer
from simulator.runtime.background import in_background, tell
from simulator.runtime.docker_ends import DockerEnds
from simulator.runtime.docker_images import ensure
from simulator.runtime.docker_machines import DockerMachines
from simulator.runtime.docker_networks import forget, join
from simulator.runtime.engine import SERVING_PORT, WorkUnknown, WorkUnreachable
from simulator.runtime.images import Image, Images
from simulator.runtime.reach import CERTIFICATES, WRITABLE_VENV, Reach, work_variables
from simulator.runtime.sandbox.layout import network_place, on_host
from simulator.runtime.serving_port import ServingPort
from simulator.runtime.work import Answer, Exit, Mount, Work

SANDBOX = Path(__file__).parent / "sandbox"
BOOT = (
    "import sys; sys.path.insert(0, '/opt/simulator');"
    "from simulator.runtime.sandbox.container import launch; launch(sys.argv[2:], int(sys.argv[1]))"
)
REMEDY = "Start a Docker engine that this user may use (docker info), or choose --engine process."


class DockerEngine:
    """The `Engine` of containers. `directory` holds the sockets; it must have the same path for the Docker engine."""

    def __init__(self, directory: Path, reach: Reach, images: Images | None = None) -> None:
        self._directory, self._reach, self._images = directory.resolve(), reach, images or Images()
        self._label = hashlib.sha256(str(self._directory).encode()).hexdigest()[:12]
        self._ports: dict[str, ServingPort] = {}
        self._connected: docker.DockerClient | None = None
        for name in ("ends", "no-ends"):
            (self._directory / name).mkdir(parents=True, exist_ok=True)
        launcher = self._directory / "launcher" / "simulator" / "runtime" / "sandbox"
        shutil.copytree(SANDBOX, launcher, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        self._ends = DockerEnds(self._directory / "ends", reach.ends())
        self._machines = DockerMachines(self._directory / "machines", self._client, self._container)
        self._within = self._machines.programs

    async def start(self, work: Work) -> None:
        """Start a container; first builds the image if it is not there yet. Returns when the command runs.

        A work within an idle one is a program in its container; one that has mounts which that lacks is a container of
        its own, beside it.
        """
        await self._ends.open()
        image = self._images.describe(work.image)
        for mount in work.mounts:
            if not mount.source.exists():
                raise ValueError(f"work {work.name!r} mounts {mount.source}, which does not exist")
        if work.within and self._machines.holds(work):
            variables = work_variables(self._reach, work.hostname, image.environment, work.environment)
            await self._machines.start(work, variables)
            return
        await in_background(lambda: self._run(work, image))

    async def wait(self, name: str) -> Exit:
        """The exit that the Docker engine recorded."""
        if self._within.has(name):
            return await self._within.wait(name)
        return await in_background(lambda: self._await(name))

    async def stop(self, name: str, grace_seconds: float, interrupt_seconds: float = 0.0) -> None:
        """SIGINT if wanted and SIGTERM to the command, SIGKILL to the container after the grace."""
        if self._within.has(name):
            await self._within.stop(name, grace_seconds, interrupt_seconds)
            return
        for asking, seconds in (("SIGINT", interrupt_seconds), ("SIGTERM", grace_seconds)):
            if seconds > 0 and await self._heeds(name, asking, seconds):
                return
        await in_background(lambda: self._kill(name, "SIGKILL"))
        await self.wait(name)

    async def _heeds(self, name: str, asking: str, seconds: float) -> bool:
        """Whether the work ends of a signal within so many seconds."""
        await in_background(lambda: self._kill(name, asking))
        try:
            async with asyncio.timeout(seconds):
                await self.wait(name)
        except TimeoutError:
            return False
        return True

    async def lines(self, name: str) -> AsyncIterator[str]:
        """The container's log as it comes."""
        if self._within.has(name):
            async for said in self._within.lines(name):
                yield said
            return
        stream = await in_background(lambda: self._container(name).logs(stream=True, follow=True))
        loop, chunks = asyncio.get_running_loop(), asyncio.Queue[bytes | None]()

        def read() -> None:
            for chunk in stream:
                tell(loop, chunks.put_nowait, chunk)
            tell(loop, chunks.put_nowait, None)

        threading.Thread(target=read, daemon=True).start()
        rest = b""
        while (chunk := await chunks.get()) is not None:
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                yield line.decode(errors="replace").removesuffix("\r")
        if rest:
            yield rest.decode(errors="replace")

    async def request(
        self,
        name: str,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        timeout_seconds: float,
    ) -> Answer:
        """One HTTP request, over the socket file that the container relays to its port."""
        if not (self._place(name) / "serve").exists() or not await in_background(lambda: self._runs(name)):
            raise WorkUnreachable(f"work {name!r} does not listen on port 8080")
        port = self._ports.setdefault(name, ServingPort(name, self._place(name)))
        return await port.request(method, path, headers, body, timeout_seconds)

    async def remove(self, name: str) -> None:
        """Remove the container, killing it if it runs."""
        if self._within.has(name):
            await self._within.remove(name)
            return
        if name in self._ports:
            await self._ports.pop(name).close()
        await in_background(lambda: self._remove(name))
        self._machines.forget(name)

    async def known(self) -> list[str]:
        """The works that the Docker engine has containers of."""
        return sorted([*await in_background(self._names), *await self._within.known()])

    async def close(self) -> None:
        """Let go; containers go on."""
        for port in self._ports.values():
            await port.close()
        self._ports.clear()
        self._within.close()
        await self._ends.close()
        if self._connected is not None:
            self._connected.close()
            self._connected = None

    def _client(self) -> docker.DockerClient:
        if self._connected is None:
            try:
                self._connected = docker.from_env()
            except docker.errors.DockerException as failure:
                raise DoesNotAnswer(f"the Docker engine ({failure})", REMEDY) from failure
        return self._connected

    def _place(self, name: str) -> Path:
        return self._directory / hashlib.sha256(name.encode()).hexdigest()[:16]

    def _container_name(self, name: str) -> str:
        return f"simulator-{self._label}-{self._place(name).name}"

    def _container(self, name: str) -> Any:
        try:
            return self._client().containers.get(self._container_name(name))
        except docker.errors.NotFound as missing:
            raise WorkUnknown(name) from missing

    def _names(self) -> list[str]:
        label: dict[str, str | list[str] | bool] = {"label": f"simulator.engine={self._label}"}
        containers = self._client().containers.list(all=True, filters=label, ignore_removed=True)
        # One that was made and not started is what a process left that was killed in between.
        begun = [container for container in containers if container.status != "created"]
        return sorted(str(container.labels["simulator.work"]) for container in begun)

    def _runs(self, name: str) -> bool:
        return bool(self._container(name).status == "running")

    def _kill(self, name: str, signal: str) -> None:
        try:
            self._container(name).kill(signal)
        except docker.errors.APIError as refusal:
            if refusal.status_code != 409:  # it has ended, which is what was wanted
                raise

    def _await(self, name: str) -> Exit:
        container = self._container(name)
        container.wait()
        container.reload()
        state = container.attrs["State"]
        reason = "out of memory" if state.get("OOMKilled") else ""
        return Exit(
            int(state["ExitCode"]), _seconds(state["StartedAt"]), _seconds(state["FinishedAt"]), reason
        )

    def _remove(self, name: str) -> None:
        try:
            container = self._container(name)
            container.remove(force=True, v=True)
        except WorkUnknown:
            return
        if network := container.labels.get("simulator.network"):
            forget(self._client(), network)
        shutil.rmtree(
            self._place(name), ignore_errors=True
        )  # the container's root may have left what is its own

    def _run(self, work: Work, image: Image) -> None:
        tag = ensure(self._client(), image)
        if work.name in self._names():
            raise ValueError(f"a work named {work.name!r} is already there")
        self._remove(work.name)  # a container that never began
        place = self._place(work.name)
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(mode=0o700)
        os.mkfifo(place / "started")
        started = os.open(place / "started", os.O_RDONLY | os.O_NONBLOCK)
        try:
            (place / "streams").write_text(_streams(work))
            container = self._client().containers.run(detach=True, **self._container_of(work, image, tag))
            while not select.select([started], [], [], 1.0)[0]:
                container.reload()
                if container.status not in ("created", "running"):  # its launcher could not begin
                    return
        finally:
            os.close(started)

    def _container_of(self, work: Work, image: Image, tag: str) -> dict[str, Any]:
        command = () if work.idle else work.command or image.entrypoint
        serving = str(SERVING_PORT if work.serves else 0)
        variables = work_variables(
            self._reach, work.hostname, image.environment, work.environment, isolated=work.isolated
        )
        network: dict[str, Any] = {"network_mode": "none", "extra_hosts": {work.hostname: "127.0.0.1"}}
        labels: dict[str, str] = {}
        if work.network is not None:
            name = f"simulator-{self._label}-{Path(network_place(work.network.name)).name}"
            network, labels = (
                join(self._client(), name, self._label, work.hostname),
                {"simulator.network": name},
            )
        return {
            "image": tag,
            "name": self._container_name(work.name),
            "labels": {"simulator.engine": self._label, "simulator.work": work.name, **labels},
            "entrypoint": ["python3", "-I", "-S", "-B", "-c", BOOT, serving],
            "command": list(command),
            "environment": variables,
            "mounts": [_bound(mount) for mount in (*self._own_mounts(work), *work.mounts)],
            "working_dir": work.working_directory,
            "hostname": work.hostname,
            "security_opt": ["no-new-privileges"],
            **network,
        }

    def _own_mounts(self, work: Work) -> list[Mount]:
        mounts = [
            Mount(self._directory / "launcher", "/opt/simulator", read_only=True),
            Mount(
                self._directory / ("no-ends" if work.isolated else "ends"),
                "/run/simulator/ends",
                read_only=True,
            ),
            Mount(self._place(work.name), "/run/simulator/work"),
        ]
        mounts += self._machines.mounts(work) if work.idle else []
        mounts += [
            Mount(stream.source, _stream_place(number), read_only=True)
            for number, stream in enumerate(work.streams)
        ]
        if self._reach.certificates is not None:
            mounts.append(Mount(self._reach.certificates, CERTIFICATES, read_only=True))
        if work.ends is not None:
            mounts.append(Mount(work.ends, "/run/simulator/more", read_only=True))
        if work.writable_venv is not None:
            mounts.append(Mount(work.writable_venv, WRITABLE_VENV))
        return mounts


def _stream_place(number: int) -> str:
    return f"/run/simulator/streams/{number}"


def _streams(work: Work) -> str:
    """What the container's first process reads of the work's streams, one a line."""
    lines = []
    for number, stream in enumerate(work.streams):
        on_host(work, stream.target)
        seed = "-" if stream.seed is None else stream.seed
        lines.append(
            f"{_stream_place(number)}\t{stream.target}\t{seed}\t{stream.shard[0]}\t{stream.shard[1]}\n"
        )
    return "".join(lines)


def _bound(mount: Mount) -> docker.types.Mount:
    return docker.types.Mount(
        mount.target, str(mount.source.resolve()), type="bind", read_only=mount.read_only
    )


def _seconds(moment: str) -> float:
    return dt.datetime.fromisoformat(moment).timestamp()
