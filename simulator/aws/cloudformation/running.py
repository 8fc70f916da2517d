"""The stacks that are at work now: started by an operation, or taken up again when the server starts."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from typing import TYPE_CHECKING

from simulator.aws.behaviour import Cloud
from simulator.aws.cloudformation.records import stacks

if TYPE_CHECKING:
    from simulator.aws.cloudformation.place import Place

_tasks: dict[asyncio.Task[None], Place] = {}


def start(cloud: Cloud, key: str, resuming: bool = False) -> asyncio.Task[None]:
    """Let a stack do what its row says, beside whatever else runs; the executor is loaded when first needed."""
    from simulator.aws.cloudformation.execution import run
    from simulator.aws.cloudformation.place import Place

    place = Place(cloud, key, resuming)
    busy = (
        ExitStack()
    )  # from now on, not only when the task gets its turn: `advance` must not slip in between
    busy.enter_context(cloud.kernel.activity.busy(f"stack {place.journal.stack.name}"))
    task = asyncio.create_task(run(place), name=f"stack {key}")
    _tasks[task] = place

    def ended(done: asyncio.Task[None]) -> None:
        busy.close()
        _tasks.pop(done, None)

    task.add_done_callback(ended)
    return task


def find(cloud: Cloud, key: str) -> tuple[asyncio.Task[None], Place] | None:
    """The task that works on a stack now, if any."""
    for task, place in _tasks.items():
        if place.cloud is cloud and place.journal.key == key:
            return task, place
    return None


def resume(cloud: Cloud) -> int:
    """Take up the stacks that were at work when the server ended; gives how many. Call once, at start."""
    waiting = [stack.key for stack in stacks(cloud.kernel.store) if stack.action]
    for key in waiting:
        start(cloud, key, resuming=True)
    return len(waiting)


async def stop(cloud: Cloud) -> None:
    """Leave the stacks that are at work where they are; `resume` takes them up."""
    mine = [task for task, place in _tasks.items() if place.cloud is cloud]
    for task in mine:
        task.cancel()
    await asyncio.gather(*mine, return_exceptions=True)
