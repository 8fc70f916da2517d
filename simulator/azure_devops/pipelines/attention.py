"""When a run works and when all of it waits: the world is busy in between, so time does not jump past work."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TypeVar

from simulator.kernel.activity import Activity

T = TypeVar("T")


class Attention:
    """Counts what of one run goes on side by side, and how many of those wait for people or for the virtual clock.

    What goes on is a branch: the run itself, where it comes apart each stage, then each job and each copy of a job.
    """

    def __init__(self, activity: Activity, name: str) -> None:
        self._activity, self._name = activity, name
        self._branches, self._waiting = 1, 0
        self._held: ExitStack | None = None
        self._settle()

    @contextmanager
    def beside(self) -> Iterator[Callable[[int], None]]:
        """Inside, one branch is as many as was last said, and at least one: who waits for the others is none."""
        beside = 1

        def count(now: int) -> None:
            nonlocal beside
            self._branches += max(now, 1) - beside
            beside = max(now, 1)
            self._settle()

        try:
            yield count
        finally:
            count(1)

    @contextmanager
    def waiting(self) -> Iterator[Pause]:
        """Inside, one branch waits for somebody, or for a moment of the virtual clock."""
        pause = Pause(self._wait)
        try:
            yield pause
        finally:
            pause.over()

    def end(self) -> None:
        """The run does nothing more."""
        self._branches = self._waiting = 0
        self._release()

    def _wait(self, change: int) -> None:
        self._waiting += change
        self._settle()

    def _settle(self) -> None:
        if self._branches > self._waiting and self._held is None:
            self._held = ExitStack()
            self._held.enter_context(self._activity.busy(self._name))
        elif self._branches <= self._waiting:
            self._release()

    def _release(self) -> None:
        if self._held is not None:
            self._held.close()
            self._held = None


class Pause:
    """One branch that waits. Who brings what it waits for says `over` at once, before the branch has its turn."""

    def __init__(self, change: Callable[[int], None]) -> None:
        self._change, self._paused = change, False
        self.again()

    def again(self) -> None:
        """It waits (on): what came was not all."""
        if not self._paused:
            self._paused = True
            self._change(1)

    def over(self) -> None:
        """It goes on."""
        if self._paused:
            self._paused = False
            self._change(-1)


async def side_by_side(
    attention: Attention, works: Sequence[Callable[[], Awaitable[T]]], limit: int = 0
) -> list[T]:
    """Perform all, so many at a time (0: all at once), each a branch of its own; results in their order.

    An error ends them all.
    """
    found: dict[int, T] = {}
    waiting = list(enumerate(works))
    width = min(limit or len(works), len(works))
    working = width

    async def take(count: Callable[[int], None]) -> None:
        nonlocal working
        while waiting:
            place, work = waiting.pop(0)
            found[place] = await work()
        working -= 1
        count(working)

    with attention.beside() as count:
        count(width)
        async with asyncio.TaskGroup() as group:
            for _ in range(width):
                group.create_task(take(count))
    return [found[place] for place in range(len(works))]
