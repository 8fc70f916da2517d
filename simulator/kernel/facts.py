"""What happened: an immutable record with its place in the log, its virtual time and its cause."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

CAUSE_HEADER = "x-simulator-cause"

_current: ContextVar[int | None] = ContextVar("cause", default=None)


@dataclass(frozen=True)
class Fact:
    """One thing that happened. `subject` names what it happened to; `cause` is the sequence of the fact before it."""

    sequence: int
    time: float
    kind: str
    subject: str
    detail: Mapping[str, Any] = field(default_factory=dict)
    cause: int | None = None
    account: str = ""
    region: str = ""


def current_cause() -> int | None:
    """The sequence of the fact that what runs now answers to, if any."""
    return _current.get()


@contextmanager
def cause(fact: Fact | int | None) -> Iterator[None]:
    """Facts recorded inside, and by tasks started inside, are caused by `fact`."""
    token = _current.set(fact.sequence if isinstance(fact, Fact) else fact)
    try:
        yield
    finally:
        _current.reset(token)
