"""Virtual time: real time plus everything that was advanced, or standing still for tests."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime


class Clock:
    """The one clock for schedules, alarms, retries and retention, in seconds since the epoch.

    Work, leases and signatures use `wall()` instead. `offset` is the time advanced so far; it only grows.
    """

    def __init__(self, offset: float = 0.0, wall: Callable[[], float] = time.time) -> None:
        self._wall = wall
        self.offset = offset

    def now(self) -> float:
        """Virtual seconds since the epoch."""
        return self._wall() + self.offset

    def wall(self) -> float:
        """Real seconds since the epoch."""
        return self._wall()

    def datetime(self) -> datetime:
        """Virtual time as an aware UTC datetime."""
        return datetime.fromtimestamp(self.now(), UTC)

    def iso(self) -> str:
        """Virtual time as ISO 8601 with `Z`, to the second."""
        return self.datetime().strftime("%Y-%m-%dT%H:%M:%SZ")

    def jump_to(self, moment: float) -> None:
        """Move virtual time forward to `moment`; a moment that has passed leaves the clock as it is."""
        self.offset += max(0.0, moment - self.now())
