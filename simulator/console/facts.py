"""What happened, read over the control interface, and the pure questions that pages ask of it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

Fact = dict[str, Any]

_TROUBLE = ("Failed", "Rejected", "DeadLettered", "NotSimulated", "NotDelivered", "Refused", "Overdue")
_BAD_STATES = frozenset(
    {"failed", "rejected", "rollback_complete", "rollback_failed", "alarm", "create_failed"}
)
_KERNEL = frozenset({"TimerFailed", "ConsumerFailed", "HostRefused", "AcceptedNotSimulated", "Remembered"})
_NO_TROUBLE = frozenset({"HostRefused", "AcceptedNotSimulated", "Remembered"})
_AT_ONCE = 2000


class Facts:
    """The log of the simulator at `url`."""

    def __init__(self, url: str) -> None:
        import httpx  # when the first page is asked for, as in rendering.py

        self._client = httpx.AsyncClient(base_url=url, trust_env=False, timeout=60)
        self._known: list[Fact] = []
        self._reading = asyncio.Lock()

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()

    async def all(self) -> list[Fact]:
        """Every fact, the oldest first; facts never change, so only new ones are asked for."""
        async with self._reading:
            while True:
                after = self._known[-1]["sequence"] if self._known else 0
                params = {"after": after, "limit": _AT_ONCE}
                found: list[Fact] = (await self._client.get("/_simulator/facts", params=params)).json()
                self._known += found
                if len(found) < _AT_ONCE:
                    return list(self._known)

    async def now(self) -> dict[str, Any]:
        """Virtual time (`now`) and what runs (`running`)."""
        found: dict[str, Any] = (await self._client.get("/_simulator/status")).json()
        return {"now": found["now"], "running": found["running"]}


def cloud(fact: Fact) -> str:
    """`aws`, `azure` or `kernel`: whose fact it is. AWS's facts have an account."""
    if fact["account"]:
        return "aws"
    return "kernel" if fact["kind"] in _KERNEL else "azure"


def is_trouble(fact: Fact) -> bool:
    """Whether a fact tells of something that went wrong."""
    if fact["kind"] not in _NO_TROUBLE and any(word in fact["kind"] for word in _TROUBLE):
        return True
    detail = fact["detail"]
    told = [detail.get(key) for key in ("status", "result", "state", "ResourceStatus", "StateValue")]
    return any(str(state).lower() in _BAD_STATES for state in told)


def reason(fact: Fact) -> str:
    """What a fact gives as the reason of a failure, empty when it gives none."""
    names = (
        "failure_reason",
        "FailureReason",
        "reason",
        "ResourceStatusReason",
        "error",
        "message",
        "remedy",
    )
    return next((str(fact["detail"][name]) for name in names if fact["detail"].get(name)), "")


def outcome(fact: Fact) -> str:
    """What a fact says happened to its subject, in a few words; empty when its kind says all."""
    detail = fact["detail"]
    names = ("step", "status", "result", "state", "StateValue", "ResourceStatus", "LogicalResourceId", "by")
    told = [detail[name] for name in names if isinstance(detail.get(name), str) and detail[name]]
    if detail.get("result") and detail.get("state"):
        told.remove(detail["state"])
    return " · ".join(told)


def story(facts: Iterable[Fact], number: int) -> list[Fact]:
    """All that led to a fact and all that it led to, in order: one chain through both clouds."""
    listed = list(facts)
    by_number = {fact["sequence"]: fact for fact in listed}
    kept: set[int] = set()
    at: int | None = number
    while at is not None and at in by_number and at not in kept:
        kept.add(at)
        at = by_number[at]["cause"]
    below = {number}
    for fact in listed:
        if fact["cause"] in below:
            below.add(fact["sequence"])
    return [fact for fact in listed if fact["sequence"] in kept | below]


def depths(facts: Iterable[Fact]) -> dict[int, int]:
    """How many of the given facts lie before each of them in its chain."""
    found: dict[int, int] = defaultdict(int)
    for fact in facts:
        found[fact["sequence"]] = found[fact["cause"]] + 1 if fact["cause"] in found else 0
    return dict(found)


def matching(facts: Iterable[Fact], *, whose: str = "", words: str = "", trouble: bool = False) -> list[Fact]:
    """Facts of one cloud, whose kind, subject or reason hold every word, or only those that tell of trouble."""
    wanted = words.lower().split()
    return [
        fact
        for fact in facts
        if (not whose or cloud(fact) == whose)
        and (not trouble or is_trouble(fact))
        and all(word in f"{fact['kind']} {fact['subject']} {reason(fact)}".lower() for word in wanted)
    ]
