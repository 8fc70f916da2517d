"""Virtual time: real time plus everything that was advanced, or standing still for tests."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime


class Clock:
    """The one clock for schedules, alarms, retries and retention, in seconds since the epoch.

    Work, leases and signatures use `wall()` instead. `offset` is what virtual time has gained by advances; with a
    `scale` other than 1 it also runs that much faster than real time, from the moment the clock was made.
    """

    def __init__(
        self, offset: float = 0.0, wall: Callable[[], float] = time.time, scale: float = 1.0
    ) -> None:
        self._wall, self._made = wall, wall()
        self.offset, self.scale = offset, scale

    def now(self) -> float:
        """Virtual seconds since the epoch."""
        wall = self._wall()
        return wall + self.offset + (wall - self._made) * (self.scale - 1.0)

    def gained(self) -> float:
        """How far virtual time is ahead of real time: what a restart must begin with."""
        return self.now() - self._wall()

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
