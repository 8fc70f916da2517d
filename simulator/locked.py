"""One simulator a state directory: a lock that the system gives back when its holder dies."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STATE, LOCK = "state.sqlite", "lock"
# What a directory may hold that is to become a state: the lock, and what a file system has at its root.
_EMPTY = {LOCK, "lost+found"}
_CHOOSE = "choose --state DIR or --ephemeral"


class StateInUse(Exception):
    """The directory cannot be a simulator's state: another uses it, or it holds other things."""


@contextmanager
def locked(directory: Path | None) -> Iterator[None]:
    """Hold the directory, made if it is not there; raises StateInUse. None, an ephemeral state, needs no lock."""
    if directory is None:
        yield
        return
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        refuse_others(directory)
        file = (directory / LOCK).open("w")
    except OSError as error:
        raise StateInUse(f"state cannot live in {directory} ({error.strerror}); {_CHOOSE}") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StateInUse(f"{directory} is in use by another simulator; stop it, or {_CHOOSE}") from error
        yield


def refuse_others(directory: Path) -> None:
    """Whoever forgets a state removes all of its directory, so nothing else may be there; raises StateInUse."""
    others = {entry.name for entry in directory.iterdir()} - _EMPTY
    if others and STATE not in others:
        shown = ", ".join(sorted(others)[:3])
        raise StateInUse(f"{directory} holds no state of a simulator but other things ({shown}); {_CHOOSE}")
