"""Loaded by Python before a program under `simulator run`: the SDKs' own pauses between two looks become short.

Here what they wait for is there in a moment: SageMaker's SDK sleeps 5 s before its first look at a job, and botocore's
waiters up to a minute between looks. Only their sleeps are shortened, never a program's own.
"""

import importlib.machinery
import importlib.util
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_LONGEST_SECONDS = 0.2
_OF = ("sagemaker.", "botocore.waiter")


def shortened(sleep: Callable[[Any], None]) -> Callable[[Any], None]:
    """A `sleep` that is short when a module of the SDKs calls it."""

    def nap(seconds: float) -> None:
        caller = str(sys._getframe(1).f_globals.get("__name__", ""))  # noqa: SLF001  there is no other way to know it
        sleep(min(seconds, _LONGEST_SECONDS) if caller.startswith(_OF) else seconds)

    return nap


def load_the_next() -> None:
    """The sitecustomize that Python would have loaded, had this one not stood before it."""
    here = Path(__file__).parent
    paths = [path for path in sys.path if Path(path or ".").resolve() != here.resolve()]
    found = importlib.machinery.PathFinder.find_spec("sitecustomize", paths)
    if found is not None and found.loader is not None:
        found.loader.exec_module(importlib.util.module_from_spec(found))


time.sleep = shortened(time.sleep)
load_the_next()
