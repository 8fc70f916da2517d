"""Waiting for a condition of the outside world, with a limit and the last thing seen in the failure."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


class NeverCame(AssertionError):
    """The condition did not come true within the limit; the message says what was last seen."""


def eventually(
    look: Callable[[], Found | None],
    what: str,
    *,
    timeout_seconds: float = 120.0,
    pause: Callable[[], object] | None = None,
    seen: Callable[[], object] | None = None,
) -> Found:
    """Call `look` until it gives something; between looks `pause` (which may wait on news) or a short nap."""
    deadline = time.monotonic() + timeout_seconds
    while True:
        found = look()
        if found is not None:
            return found
        if time.monotonic() > deadline:
            last = f"; last seen: {seen()}" if seen else ""
            raise NeverCame(f"{what} did not come within {timeout_seconds:g} s{last}")
        if pause:
            pause()
        else:
            time.sleep(0.2)
