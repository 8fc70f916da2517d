"""Requests that a serving work has not answered yet, so that a work drains before it ends."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakKeyDictionary

from simulator.kernel.world import Kernel

DRAIN_SECONDS = 60.0
_open: WeakKeyDictionary[Kernel, Counter[str]] = WeakKeyDictionary()
_answered: WeakKeyDictionary[Kernel, asyncio.Event] = WeakKeyDictionary()


@contextmanager
def asking(kernel: Kernel, work: str) -> Iterator[None]:
    """While inside, the work owes an answer."""
    counts = _open.setdefault(kernel, Counter())
    counts[work] += 1
    try:
        yield
    finally:
        counts[work] -= 1
        _answered.setdefault(kernel, asyncio.Event()).set()


async def drained(kernel: Kernel, work: str) -> None:
    """Wait until the work owes nothing, at most a minute: no invocation may take longer."""
    try:
        async with asyncio.timeout(DRAIN_SECONDS):
            while _open.get(kernel, Counter())[work] > 0:
                event = _answered.setdefault(kernel, asyncio.Event())
                event.clear()
                await event.wait()
    except TimeoutError:
        return
