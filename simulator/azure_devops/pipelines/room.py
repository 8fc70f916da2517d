"""What the parts of a running run share: the kernel, the engine, the rows, its plan, and when it is at rest."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from simulator.azure_devops.git.refs import RefWatch
from simulator.azure_devops.language.plan import Plan
from simulator.azure_devops.organization import Organization, Row
from simulator.azure_devops.pipelines.attention import Attention, Pause
from simulator.azure_devops.pipelines.run_logs import RunLogs
from simulator.azure_devops.pipelines.runs import Runs
from simulator.azure_devops.pipelines.timeline import Timeline
from simulator.kernel.world import Kernel
from simulator.runtime.engine import Engine
from simulator.runtime.job_containers.containers import JobContainers

INSIDE_URL = "http://localhost:4567"
"""Where a job reaches Azure DevOps, whatever port it has outside (runtime/reach.py)."""


class Agents:
    """The agents of the organization's pools: as many jobs of a pool run side by side as it has, the others wait."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._free: dict[tuple[int, int], asyncio.Semaphore] = {}
        self._kept: Counter[tuple[int, int]] = Counter()

    def keep(self, pool: int, size: int) -> None:
        """At start: a job that goes on has one agent of the pool already; nobody else gets it before that job ends."""
        self._kept[pool, size or self._count] += 1

    @asynccontextmanager
    async def kept(self, pool: int, size: int) -> AsyncIterator[None]:
        """Inside, the job has the agent that was kept for it."""
        try:
            yield
        finally:
            self._of(pool, size).release()

    def _of(self, pool: int, size: int) -> asyncio.Semaphore:
        key = (pool, size or self._count)
        if key not in self._free:
            self._free[key] = asyncio.Semaphore(max(0, key[1] - self._kept[key]))
        return self._free[key]

    @asynccontextmanager
    async def one(
        self, stop: asyncio.Event | None = None, pool: int = 0, size: int = 0
    ) -> AsyncIterator[bool]:
        """Inside, one agent of the pool of that size is taken; False where `stop` was set before one was free."""
        free = self._of(pool, size)
        turn = asyncio.ensure_future(free.acquire())
        stopped = asyncio.ensure_future((stop or asyncio.Event()).wait())
        try:
            await asyncio.wait((turn, stopped), return_when=asyncio.FIRST_COMPLETED)
            yield turn.done() and not stopped.done()
        finally:
            stopped.cancel()
            if turn.done() and not turn.cancelled():
                free.release()
            turn.cancel()


class Signals:
    """Wakes what waits in this process; what it waits for is in the store."""

    def __init__(self) -> None:
        self._events: dict[str, asyncio.Event] = {}
        self._pauses: dict[str, list[Pause]] = {}

    def event(self, name: str) -> asyncio.Event:
        """The event of that name."""
        return self._events.setdefault(name, asyncio.Event())

    def set(self, name: str) -> None:
        """Wake who waits for it: they are at work from now on, not only when they have their turn."""
        for pause in self._pauses.get(name, ()):
            pause.over()
        self.event(name).set()

    @contextmanager
    def ending(self, name: str, pause: Pause) -> Iterator[asyncio.Event]:
        """Inside, the signal ends the pause; gives its event."""
        self._pauses.setdefault(name, []).append(pause)
        try:
            yield self.event(name)
        finally:
            self._pauses[name].remove(pause)
            if not self._pauses[name]:
                del self._pauses[name]

    def forget(self, name: str) -> None:
        """Nobody will wait for it any more."""
        self._events.pop(name, None)


class Asking(Protocol):
    """Asks people: the approvals of the organization."""

    def find(self, identifier: str) -> Row | None:
        """The approval of that id."""

    def ask(self, identifier: str, run: Row, stage: str, check: Row) -> Row:
        """The approval under that id, made on first use."""


class Hearing(Protocol):
    """Hears what somebody outside says of a task."""

    def said(self, job: str, task: str) -> Row | None:
        """What was last said of a task: `name` and `result`."""


@dataclass(frozen=True)
class Room:
    """The organization's side: shared by all runs. Agentless tasks need `approvals` and `callbacks`, jobs in
    containers `containers`."""

    organization: Organization
    refs: RefWatch
    runs: Runs
    engine: Engine
    agents: Agents
    signals: Signals
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    approvals: Asking | None = None
    callbacks: Hearing | None = None
    containers: JobContainers | None = None

    @property
    def kernel(self) -> Kernel:
        """Clock, store, log, timers."""
        return self.organization.kernel


@dataclass(frozen=True)
class RunContext:
    """One run: its number, its frozen plan and its timeline. `canceled` is set when somebody cancels it.

    `changed` is set when there may be more to do: a stage was started by hand.
    """

    room: Room
    run: int
    plan: Plan
    timeline: Timeline
    logs: RunLogs
    attention: Attention
    canceled: asyncio.Event = field(default_factory=asyncio.Event)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    _stops: dict[str, asyncio.Event] = field(default_factory=dict)

    def stop(self, stage: str) -> asyncio.Event:
        """Set when the stage, or the whole run, is canceled."""
        event = self._stops.setdefault(stage, asyncio.Event())
        if self.canceled.is_set() or stage in self.row.get("canceledStages", ()):
            event.set()
        return event

    def cancel(self, stage: str = "") -> None:
        """Let the stage stop, or all of the run; the row says so already."""
        if not stage:
            self.canceled.set()
        for name in [stage] if stage else list(self._stops):
            self.stop(name)

    @property
    def row(self) -> Row:
        """The run's row as it is now."""
        return self.room.runs.get(self.run)

    @property
    def project(self) -> Row:
        """The project's row."""
        return self.room.organization.project(self.row["project"])
