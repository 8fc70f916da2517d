"""Work that goes on after the answer was given: tasks that keep the world busy, and waiting for rows to rest."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import ExitStack
from weakref import WeakKeyDictionary

from simulator.aws.sagemaker.kinds.kind import Kind, Row
from simulator.aws.sagemaker.resources import arn_of, fetch
from simulator.kernel.world import Kernel

_tasks: WeakKeyDictionary[Kernel, dict[str, asyncio.Task[None]]] = WeakKeyDictionary()
_logger = logging.getLogger("simulator.sagemaker")


def spawn(kernel: Kernel, name: str, work: Coroutine[object, object, None], *, busy: bool = True) -> None:
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
            _logger.exception("%s failed", name)
            kernel.log.record("TaskFailed", name, {"error": repr(error)})

    task = asyncio.create_task(guarded(), name=name)
    tasks = _tasks.setdefault(kernel, {})
    tasks[name] = task

    def done(_: asyncio.Task[None]) -> None:
        work.close()
        held.close()
        if tasks.get(name) is task:
            del tasks[name]

    task.add_done_callback(done)


def running(kernel: Kernel, name: str) -> bool:
    """Whether a task of this name runs."""
    return name in _tasks.get(kernel, {})


async def finished(kernel: Kernel, name: str) -> None:
    """Wait until a task of this name, if there is one, has ended."""
    if task := _tasks.get(kernel, {}).get(name):
        await asyncio.wait([task])


async def stop(kernel: Kernel) -> None:
    """Let go of every task; rows say where the next process goes on."""
    tasks = list(_tasks.get(kernel, {}).values())
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def at_rest(kernel: Kernel, kind: Kind, key: str) -> Row:
    """The row when its state is none of those in progress."""
    with kernel.log.watching(arn_of(kind, key)) as news:
        while True:
            news.clear()
            row = fetch(kernel, kind, key)
            if row.get(kind.status_member) not in kind.in_progress:
                return row
            await news.wait()
