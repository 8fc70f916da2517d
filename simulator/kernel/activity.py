"""What is running now, so that advancing time can wait for work to come to rest."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class Activity:
    """Counts named work in progress."""

    def __init__(self) -> None:
        self._running: Counter[str] = Counter()
        self._rest = asyncio.Event()
        self._rest.set()

    @contextmanager
    def busy(self, what: str) -> Iterator[None]:
        """While inside, the world is not at rest."""
        self._enter(what)
        try:
            yield
        finally:
            self._leave(what)

    @contextmanager
    def resting(self, what: str) -> Iterator[None]:
        """While inside, work of this name, which is busy, waits for something that need not come by itself."""
        self._leave(what)
        try:
            yield
        finally:
            self._enter(what)

    def _enter(self, what: str) -> None:
        self._running[what] += 1
        self._rest.clear()

    def _leave(self, what: str) -> None:
        self._running[what] -= 1
        if not self._running[what]:
            del self._running[what]
        if not self._running:
            self._rest.set()

    def running(self) -> list[str]:
        """The names of what runs now."""
        return sorted(self._running)

    async def rest(self) -> None:
        """Wait until nothing runs."""
        await self._rest.wait()
