"""Timers on the virtual clock: kept in the store, fired in order, driven by `advance`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from typing import Any

from simulator.kernel.activity import Activity
from simulator.kernel.clock import Clock
from simulator.kernel.facts import cause, current_cause
from simulator.kernel.ids import Ids
from simulator.kernel.log import Log
from simulator.kernel.store import Store

Action = Callable[[dict[str, Any]], Awaitable[None]]

_TIMER = "kernel.timer"
_LONGEST_NAP_SECONDS = 3600.0
_logger = logging.getLogger("simulator.scheduler")


class Scheduler:
    """Runs named actions at virtual times. A timer outlives a restart; its action must bear being run again."""

    def __init__(self, store: Store, clock: Clock, log: Log, ids: Ids, activity: Activity) -> None:
        self._store, self._clock, self._log, self._ids, self._activity = store, clock, log, ids, activity
        self._actions: dict[str, Action] = {}
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._running: set[asyncio.Task[None]] = set()
        self._paused = False
        self._firing: dict[str, dict[str, Any]] = {}

    def on(self, name: str, action: Action) -> None:
        """Say what a timer of this name does."""
        self._actions[name] = action

    def at(self, time: float, name: str, payload: dict[str, Any], key: str | None = None) -> str:
        """Run action `name` at virtual `time` (epoch seconds). The same `key` replaces an earlier timer."""
        key = key or self._ids.uuid()
        row = {"time": time, "name": name, "payload": payload, "cause": current_cause()}
        self._store.put(_TIMER, key, row)
        self._store.after_commit(self._changed.set)
        return key

    def cancel(self, key: str) -> bool:
        """Forget the timer; says whether there was one."""
        return self._store.delete(_TIMER, key)

    def due(self) -> list[tuple[float, str, dict[str, Any]]]:
        """The timers that wait, as (time, key, row), the earliest first."""
        rows = [
            (row["time"], key, row) for key, row in self._store.scan(_TIMER) if self._firing.get(key) != row
        ]
        return sorted(rows, key=lambda timer: timer[:2])

    def start(self) -> None:
        """Begin to fire timers as virtual time passes."""
        self._task = asyncio.create_task(self._run(), name="scheduler")

    async def stop(self) -> None:
        """Stop firing; timers stay in the store."""
        for task in [self._task, *self._running]:
            if task:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    async def rest(self) -> None:
        """Wait until no work runs and every consumer has seen every fact."""
        while True:
            await self._activity.rest()
            if self._log.caught_up():
                await asyncio.sleep(0)
                if not self._activity.running() and self._log.caught_up():
                    return
            await asyncio.sleep(0.005)

    async def advance(self, seconds: float) -> None:
        """Let work rest, then move virtual time by `seconds`, firing each due timer and waiting for what it starts."""
        await self.rest()
        target = self._clock.now() + seconds
        self._paused = True
        try:
            while (due := self.due()) and due[0][0] <= target:
                time, key, row = due[0]
                self._clock.jump_to(time)
                self._fire(key, row)
                await self.rest()
            self._clock.jump_to(target)
            self._store.put("kernel.clock", "offset", {"offset": self._clock.gained()})
        finally:
            self._paused = False
            self._changed.set()

    async def _run(self) -> None:
        while True:
            self._changed.clear()
            due = [] if self._paused else self.due()
            if due and due[0][0] <= self._clock.now():
                self._fire(due[0][1], due[0][2])
                continue
            nap = min(_LONGEST_NAP_SECONDS, due[0][0] - self._clock.now()) if due else _LONGEST_NAP_SECONDS
            try:
                async with asyncio.timeout(max(0.0, nap / self._clock.scale)):
                    await self._changed.wait()
            except TimeoutError:
                continue

    def _fire(self, key: str, row: dict[str, Any]) -> None:
        """Start the action; its timer is forgotten only when it has run, so a killed server runs it again."""
        self._firing[key] = row
        busy = ExitStack()
        busy.enter_context(self._activity.busy(f"timer {row['name']}"))
        task = asyncio.create_task(self._act(key, row, busy), name=f"timer {row['name']}")
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _act(self, key: str, row: dict[str, Any], busy: ExitStack) -> None:
        with busy, cause(row["cause"]):
            try:
                await self._actions[row["name"]](row["payload"])
            except Exception as error:
                _logger.exception("timer %s failed", row["name"])
                self._log.record(
                    "TimerFailed", row["name"], {"error": repr(error), "payload": row["payload"]}
                )
            del self._firing[key]
            if self._store.get(_TIMER, key) == row:
                self._store.delete(_TIMER, key)
