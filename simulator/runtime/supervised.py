"""One work that a supervisor keeps: how it ends, how to stop it and how to reach its port."""

import asyncio
import contextlib
import fcntl
import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path

from simulator.runtime.engine import WorkUnreachable
from simulator.runtime.serving_port import ServingPort
from simulator.runtime.work import Answer, Exit

KILLED = 128 + signal.SIGKILL


class Supervised:
    """The work in the directory `place`, whoever started it; `ended` is set when it has ended.

    Made on the event loop. The supervisor is known by its process number together with the lock that it holds for
    life, so a number that the kernel gave to another process is never taken for it.
    """

    def __init__(self, name: str, place: Path) -> None:
        self.place = place
        self.ended = asyncio.Event()
        self._name = name
        self._exit: Exit | None = None
        self._process: int | None = None  # descriptor of the supervisor's process
        self._port = ServingPort(name, place)
        self._watch()

    async def wait(self) -> Exit:
        """The exit, once there is one."""
        await self.ended.wait()
        assert self._exit is not None
        return self._exit

    async def stop(self, grace_seconds: float, interrupt_seconds: float = 0.0) -> None:
        """Ask the work to end (first by SIGINT if wanted), and have it killed after the grace.

        Returns when it has ended.
        """
        for asking, seconds in ((signal.SIGINT, interrupt_seconds), (signal.SIGTERM, grace_seconds)):
            if seconds > 0 and await self._ends(asking, seconds):
                return
        self._tell(signal.SIGQUIT)
        await self.ended.wait()

    async def _ends(self, asking: signal.Signals, seconds: float) -> bool:
        """Whether the work ends of a signal within so many seconds."""
        self._tell(asking)
        try:
            async with asyncio.timeout(seconds):
                await self.ended.wait()
        except TimeoutError:
            return False
        return True

    async def request(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes, timeout_seconds: float
    ) -> Answer:
        """One HTTP request over the relayed socket."""
        if self.ended.is_set():
            raise WorkUnreachable(f"work {self._name!r} has ended")
        return await self._port.request(method, path, headers, body, timeout_seconds)

    async def close(self) -> None:
        """Let go of this process's descriptors; the work goes on."""
        await self._port.close()
        self._forget_process()

    def _watch(self) -> None:
        if (self.place / "exit").exists() or not self._supervisor_lives():
            self._end()
        else:
            assert self._process is not None
            asyncio.get_running_loop().add_reader(self._process, self._end)

    def _supervisor_lives(self) -> bool:
        if not (self.place / "lock").exists():  # the start was cut off
            return False
        with (self.place / "lock").open() as lock:
            try:
                self._process = os.pidfd_open(int(lock.read()))
            except (ProcessLookupError, ValueError):  # gone, or killed before it wrote its number
                return False
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:  # held, hence by the process that was just opened
                return True
        return False

    def _end(self) -> None:
        self._forget_process()
        recorded = self.place / "exit"
        if recorded.exists():
            code, began, ended, reason = recorded.read_text().split("\n")[:4]
            self._exit = Exit(int(code), float(began), float(ended), reason)
        else:
            mark = self.place / "started"
            started = float(mark.read_text() or 0) if mark.exists() else 0.0
            self._exit = Exit(KILLED, started, time.time(), "the supervisor of the work was killed")
        self.ended.set()

    def _forget_process(self) -> None:
        if self._process is None:
            return
        asyncio.get_running_loop().remove_reader(self._process)
        with contextlib.suppress(ChildProcessError):  # an earlier process started it
            os.waitid(os.P_PIDFD, self._process, os.WEXITED | os.WNOHANG)
        os.close(self._process)
        self._process = None

    def _tell(self, number: signal.Signals) -> None:
        if self._process is not None:
            try:
                signal.pidfd_send_signal(self._process, number)
            except ProcessLookupError:
                return  # it has just ended, which is what was wanted
