"""Tasks of Lambda that go on after an answer was given; they keep the world busy and end with the process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import ExitStack
from weakref import WeakKeyDictionary

from simulator.kernel.world import Kernel

_tasks: WeakKeyDictionary[Kernel, set[asyncio.Task[None]]] = WeakKeyDictionary()
_logger = logging.getLogger("simulator.lambda")


def spawn(kernel: Kernel, name: str, work: Coroutine[object, object, None], *, busy: bool = True) -> None:
    """Run `work`; an unexpected error is a defect of ours: it is logged, and a fact `TaskFailed`."""
    held = ExitStack()
    if busy:
        held.enter_context(kernel.activity.busy(name))

    async def guarded() -> None:
        try:
            await work
        except Exception as error:
            _logger.exception("%s failed", name)
            kernel.log.record("TaskFailed", name, {"error": repr(error)})

    task = asyncio.create_task(guarded(), name=name)
    tasks = _tasks.setdefault(kernel, set())
    tasks.add(task)

    def done(_: asyncio.Task[None]) -> None:
        work.close()
        held.close()
        tasks.discard(task)

    task.add_done_callback(done)


async def stop(kernel: Kernel) -> None:
    """Let go of every task; rows and timers say where the next process goes on."""
    tasks = list(_tasks.get(kernel, ()))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
