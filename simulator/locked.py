"""One simulator a state directory: a lock that the system gives back when its holder dies."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class StateInUse(Exception):
    """Another simulator uses the state directory."""


@contextmanager
def locked(directory: Path | None) -> Iterator[None]:
    """Hold the directory, made if it is not there; raises StateInUse. None, an ephemeral state, needs no lock."""
    if directory is None:
        yield
        return
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (directory / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StateInUse(
                f"{directory} is in use by another simulator; stop it, or choose --state DIR or --ephemeral"
            ) from error
        yield
