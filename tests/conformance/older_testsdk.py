"""A pytest plugin that lets azure-cli-testsdk 0.3.0, the last release, run on a Python of today."""

import inspect
import time
from collections.abc import Callable
from typing import Any


def _getargspec(function: Callable[..., Any]) -> tuple[Any, ...]:
    """What `inspect` had until Python 3.10, as the test SDK unpacks it."""
    return tuple(inspect.getfullargspec(function)[:4])


def _shorter(sleep: Callable[[Any], None]) -> Callable[[Any], None]:
    """The tests wait up to 100 s for the real service to see its own changes; here they are seen at once."""

    def nap(seconds: float) -> None:
        sleep(min(seconds, 0.2))

    return nap


if not hasattr(inspect, "getargspec"):
    inspect.getargspec = _getargspec  # type: ignore[attr-defined]
time.sleep = _shorter(time.sleep)
