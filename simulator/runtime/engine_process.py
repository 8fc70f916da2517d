"""The engine without Docker: each work is a tree of processes in Linux namespaces of its own, or of an idle work.

A work is a directory: the supervisor (sandbox/supervisor.py) keeps it there and outlives this process, so an engine
over the same directory finds every work again. Nothing of a work passes through this process but its HTTP requests.
"""

import asyncio
import fcntl
import hashlib
import marshal
import os
import shutil
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from simulator.kernel.errors import NotSimulated
from simulator.runtime.engine import WorkUnknown
from simulator.runtime.images import PYTHON, Image, Images, lay_thin_venv
from simulator.runtime.logs import Growth, follow
from simulator.runtime.reach import Reach, work_variables
from simulator.runtime.sandbox.joining import supervise_within
from simulator.runtime.sandbox.layout import (
    Host,
    image_mounts,
    look_at_host,
    network_place,
    specification,
    specification_within,
)
from simulator.runtime.sandbox.records import ALIVE, DIRECTORY, STATUS
from simulator.runtime.sandbox.supervisor import supervise
from simulator.runtime.supervised import Supervised
from simulator.runtime.work import Answer, Exit, Work

PACKAGE_PARENT = str(Path(__file__).resolve().parents[2])
BOOT = (
    "import os, sys; sys.path.insert(0, os.environ['PACKAGE_PARENT']);"
    "from {0.__module__} import {0.__name__} as supervise; supervise()"
)
# Imported here, and so compiled once: a supervisor itself writes no bytecode.
_KEEPS, _KEEPS_WITHIN = BOOT.format(supervise), BOOT.format(supervise_within)
_PLACE_CHARACTERS = 16
REMEDY = (
    "Use the Docker engine (--engine docker), or allow namespaces to ordinary users: "
    "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu), kernel.unprivileged_userns_clone=1 (Debian), "
    "user.max_user_namespaces=10000; Linux 5.12 or newer."
)


class ProcessEngine:
    """The `Engine` of namespaces. Works live in `directory`; `reach` says where the simulator listens."""

    def __init__(self, directory: Path, reach: Reach, images: Images | None = None) -> None:
        self._directory = directory
        self._reach = reach
        self._images = images or Images()
        self._host: Host | None = None
        self._growth = Growth()
        self._works: dict[str, Supervised] = {}
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = directory / "relays.new"
        new.write_text("".join(f"{port} {end}\n" for port, end in reach.ends().items()))
        new.rename(
            directory / "relays"
        )  # read anew for each connection: works that survived a restart find us
        self._alive: int | None = os.open(directory / ALIVE, os.O_RDONLY | os.O_CREAT, 0o600)
        fcntl.flock(self._alive, fcntl.LOCK_SH)
        self._forget_what_never_started()

    async def start(self, work: Work) -> None:
        """Build the sandbox and run the command; first builds the image's environment if it is not there yet."""
        place = self._place(work.name)
        if (place / "name").exists():
            raise ValueError(f"a work named {work.name!r} is already there")
        for mount in work.mounts:
            if not mount.source.exists():
                raise ValueError(f"work {work.name!r} mounts {mount.source}, which does not exist")
        await asyncio.to_thread(self._launch_within if work.within else self._launch, work, place)

    async def wait(self, name: str) -> Exit:
        """The exit that the supervisor recorded."""
        return await self._of(name).wait()

    async def stop(self, name: str, grace_seconds: float, interrupt_seconds: float = 0.0) -> None:
        """SIGINT if wanted and SIGTERM to the command, SIGKILL to the whole process namespace after the grace."""
        await self._of(name).stop(grace_seconds, interrupt_seconds)

    async def lines(self, name: str) -> AsyncIterator[str]:
        """The work's output as it comes."""
        supervised = self._of(name)
        async for line in follow(supervised.place / "output", self._growth, supervised.ended):
            yield line

    async def request(
        self,
        name: str,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        timeout_seconds: float,
    ) -> Answer:
        """One HTTP request, over the socket that the supervisor relays to the work's port."""
        return await self._of(name).request(method, path, headers, body, timeout_seconds)

    async def remove(self, name: str) -> None:
        """Kill what still runs, and forget all."""
        if not (self._place(name) / "name").exists():
            return
        supervised = self._of(name)
        await supervised.stop(0)
        await supervised.close()
        self._works.pop(name, None)
        await asyncio.to_thread(self._forget, supervised.place)

    async def known(self) -> list[str]:
        """The works whose directories are here."""
        return sorted(path.read_text() for path in self._directory.glob("*/name"))

    async def close(self) -> None:
        """Stop following; works and their supervisors go on."""
        for supervised in self._works.values():
            await supervised.close()
        self._works.clear()
        self._growth.close()
        if self._alive is not None:
            os.close(self._alive)
            self._alive = None

    def _forget_what_never_started(self) -> None:
        """A start that the end of an earlier process cut off has no supervisor that holds a lock: it is not known.

        A supervisor that comes too late finds its directory gone, and ends.
        """
        for place in self._directory.glob("[0-9a-f]" * _PLACE_CHARACTERS):
            if not (place / "lock").exists():
                self._forget(place)

    def _forget(self, place: Path) -> None:
        """Remove the work's directory, and that of its network where it was the last member."""
        shutil.rmtree(place)
        for mark in self._directory.glob(f"networks/*/{place.name}.work"):
            mark.unlink()
            if not any(mark.parent.glob("*.work")):
                shutil.rmtree(mark.parent)

    def _place(self, name: str) -> Path:
        return self._directory / hashlib.sha256(name.encode()).hexdigest()[:_PLACE_CHARACTERS]

    def _of(self, name: str) -> Supervised:
        if name not in self._works:
            place = self._place(name)
            if not (place / "name").exists():
                raise WorkUnknown(name)
            self._works[name] = Supervised(name, place)
        return self._works[name]

    def _launch(self, work: Work, place: Path) -> None:
        image = self._images.describe(work.image)
        venv = self._images.environment(image)
        specified = marshal.dumps(self._specify(work, image, venv, place))
        place.mkdir(mode=0o700)
        (place / "name").write_text(work.name)
        (place / "root").mkdir()
        if work.ends is not None:
            (place / "ends").symlink_to(work.ends.resolve())  # so that the path of a socket is short
            (place / "relays").write_text(
                "".join(f"{end.name} ends/{end.name}\n" for end in work.ends.iterdir())
            )
        if work.network is not None:
            network = self._directory / network_place(work.network.name)
            network.mkdir(parents=True, exist_ok=True, mode=0o700)
            (network / f"{place.name}.work").touch()
        lay_thin_venv(_own_venv(work, place), venv)
        (place / "spec").write_bytes(specified)
        self._supervise(work, place, _KEEPS)

    def _launch_within(self, work: Work, place: Path) -> None:
        idle = self._place(work.within)
        if not (idle / "spec").exists():
            raise WorkUnknown(work.within)
        image = self._images.describe(work.image)
        variables = work_variables(self._reach, work.hostname, image.environment, work.environment)
        shared = marshal.loads((idle / "spec").read_bytes())["mounts"]
        specified = specification_within(work, variables, f"../{idle.name}", shared)
        place.mkdir(mode=0o700)
        (place / "name").write_text(work.name)
        (place / "spec").write_bytes(marshal.dumps(specified))
        self._supervise(work, place, _KEEPS_WITHIN)

    def _supervise(self, work: Work, place: Path, boot: str) -> None:
        told, _, reason = _spawn_supervisor(place, boot).partition(" ")
        if told == "started":
            return
        reason = reason or (place / "supervisor").read_text().strip()
        self._forget(place)
        if told == "closed":
            raise WorkUnknown(work.within)
        if told == "unfit":
            raise ValueError(f"work {work.name!r} cannot have its mounts: {reason}")
        raise NotSimulated(f"work {work.name!r} in the process engine ({reason})", REMEDY)

    def _specify(self, work: Work, image: Image, venv: Path, place: Path) -> dict[str, object]:
        if self._host is None:
            self._host = look_at_host(PYTHON)
        variables = work_variables(
            self._reach, work.hostname, image.environment, work.environment, isolated=work.isolated
        )
        mounts = image_mounts(venv, image.program, image.shares, _own_venv(work, place))
        return specification(
            work, work.command or image.entrypoint, variables, mounts, self._host, self._reach
        )


def _own_venv(work: Work, place: Path) -> Path:
    """Where the work installs what it needs beside its image: the caller's directory, or one that goes with it."""
    return work.writable_venv or place / "venv"


def _spawn_supervisor(place: Path, boot: str) -> str:
    """Start the supervisor of the work at `place` in a session of its own; what it said about the start."""
    said, saying = os.pipe()
    directory = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
    log = str(place / "supervisor")
    # 3 and 4 may themselves be taken here: what is put there comes from numbers that are safely above.
    sources = [fcntl.fcntl(each, fcntl.F_DUPFD_CLOEXEC, 10) for each in (saying, directory)]
    try:
        os.posix_spawn(
            PYTHON,
            [str(PYTHON), "-I", "-S", "-B", "-c", boot],
            {"PACKAGE_PARENT": PACKAGE_PARENT},
            file_actions=[
                (os.POSIX_SPAWN_DUP2, sources[0], STATUS),
                (os.POSIX_SPAWN_DUP2, sources[1], DIRECTORY),
                (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
            setsid=True,
        )
    finally:
        for each in (saying, directory, *sources):
            os.close(each)
    with os.fdopen(said) as file:
        return file.read()
