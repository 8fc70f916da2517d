"""The files in which a supervisor keeps its work: read by the engine, and by the engine after the next start.

The directory holds `spec` (a marshalled dict: JSON and its regular expressions would cost 9 ms of each start) and gets
`lock` (held for the life of the supervisor), `output`, `started`, `serve`, of an idle work `doors`, and, when the work
has ended, `exit`.
"""

# pathlib would cost every start 8 ms.
# ruff: noqa: PTH104, PTH123
from __future__ import annotations

import fcntl
import marshal
import os
import time

TYPE_CHECKING = False  # the typing module would cost a start 5 ms
if TYPE_CHECKING:
    from typing import Any

STATUS, DIRECTORY = 3, 4
"""The descriptors that a supervisor is given: what it says of the start, and its directory."""

FORGOTTEN_AFTER_SECONDS = 2.0
"""How often a supervisor looks whether its directory is still there."""

ALIVE = "alive"
"""The file beside the directories of all works that an engine holds a lock of while it is there."""


def begin() -> tuple[dict[str, Any], int, int]:
    """Go into the directory and take the lock; the specification, and the descriptors of `lock` and `output`."""
    os.fchdir(DIRECTORY)
    os.close(DIRECTORY)
    output = os.open("output", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    lock = os.open("lock", os.O_RDWR | os.O_CREAT, 0o600)  # who sees it may read the output
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.write(lock, str(os.getpid()).encode())
    with open("spec", "rb") as file:
        return marshal.load(file), lock, output


def is_held(path: str) -> bool:
    """Whether some process holds a lock of the file; one that is not there is held by none."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def say_started() -> float:
    """Write `started`, and tell the engine; the moment."""
    started = time.time()
    with open("started", "w", encoding="ascii") as mark:
        mark.write(f"{started}")
    os.write(STATUS, b"started")
    os.close(STATUS)
    return started


def record(code: int, started: float, ended: float, reason: str) -> None:
    """Write `exit`, whole or not at all: code, started, ended and reason, one a line."""
    with open("exit.new", "w", encoding="utf-8") as file:
        file.write(f"{code}\n{started}\n{ended}\n{reason}\n")
        file.flush()
        os.fsync(file.fileno())
    os.rename("exit.new", "exit")
