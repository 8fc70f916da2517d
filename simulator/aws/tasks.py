"""Work of a service that goes on after an answer was given: tasks that keep the world busy and end with the process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import ExitStack
from weakref import WeakKeyDictionary

from simulator.kernel.world import Kernel


class Tasks:
    """The tasks of one service, in every world of this process."""

    def __init__(self, service: str) -> None:
        self._tasks: WeakKeyDictionary[Kernel, set[asyncio.Task[None]]] = WeakKeyDictionary()
        self._logger = logging.getLogger(f"simulator.{service}")

    def spawn(
        self, kernel: Kernel, name: str, work: Coroutine[object, object, None], *, busy: bool = True
    ) -> None:
        """Run `work` as a named task; while it runs the world is not at rest, unless it is not `busy`.

        Its cause is that of the caller. An unexpected error is a defect of ours: it is logged, and a fact `TaskFailed`.
        """
        held = ExitStack()
        if busy:
            held.enter_context(kernel.activity.busy(name))

        async def guarded() -> None:
            try:
                await work
            except Exception as error:
                self._logger.exception("%s failed", name)
                kernel.log.record("TaskFailed", name, {"error": repr(error)})

        task = asyncio.create_task(guarded(), name=name)
        tasks = self._tasks.setdefault(kernel, set())
        tasks.add(task)

        def done(_: asyncio.Task[None]) -> None:
            work.close()
            held.close()
            tasks.discard(task)

        task.add_done_callback(done)

    async def finished(self, kernel: Kernel, name: str) -> None:
        """Wait until the tasks of this name, if there are any, have ended."""
        if tasks := [task for task in self._tasks.get(kernel, ()) if task.get_name() == name]:
            await asyncio.wait(tasks)

    def running(self, kernel: Kernel, beginning: str) -> int:
        """How many tasks run whose name begins so."""
        return sum(task.get_name().startswith(beginning) for task in self._tasks.get(kernel, ()))

    async def stop(self, kernel: Kernel) -> None:
        """Let go of every task; rows and timers say where the next process goes on."""
        tasks = list(self._tasks.get(kernel, ()))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
