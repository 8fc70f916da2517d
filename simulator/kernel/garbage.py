"""Full collections of garbage that stay short: what has survived one is looked through again only at rest.

The models of a hundred services are some hundred thousand objects that are never garbage; to look through them takes
longer than anybody should wait for an answer. What becomes garbage in a ring after it has survived is freed when
nothing is going on.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

LOOK_SECONDS = 600.0
GROWTH = 100_000
"""Objects more than after the last thorough collection that make another one worth its pause."""


@contextmanager
def short_collections() -> Iterator[None]:
    """While inside, the survivors of a full collection are left out of the next; for a process that is one server."""

    def keep(phase: str, told: dict[str, int]) -> None:
        if phase == "stop" and told["generation"] == 2:
            gc.freeze()

    gc.freeze()
    gc.callbacks.append(keep)
    try:
        yield
    finally:
        gc.callbacks.remove(keep)
        gc.unfreeze()


async def collect_at_rest(rest: Callable[[], Awaitable[object]]) -> None:
    """Look through everything now and then, when nothing is going on and much has survived since."""
    after = gc.get_freeze_count()
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        if gc.get_freeze_count() - after > GROWTH:
            await rest()
            gc.unfreeze()
            gc.collect()
            after = gc.get_freeze_count()
