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
        self._running[what] += 1
        self._rest.clear()
        try:
            yield
        finally:
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
