"""Chains of causes through both clouds, read from facts."""

from __future__ import annotations

from typing import Any

_NOISE = ("HostRefused",)
_TROUBLE = ("Failed", "Rejected", "DeadLettered", "NotSimulated")


def chain(facts: list[dict[str, Any]]) -> list[str]:
    """The newest trouble and what led to it, the first cause first; empty when there was none."""
    by_number = {fact["sequence"]: fact for fact in facts}
    troubled = [fact for fact in facts if _is_trouble(fact)]
    if not troubled:
        return []
    found: list[str] = []
    fact: dict[str, Any] | None = troubled[-1]
    while fact is not None:
        found.append(f"#{fact['sequence']} {fact['kind']} {fact['subject']}{_reason(fact)}")
        fact = by_number.get(fact["cause"]) if fact["cause"] else None
    return found[::-1]


def depth(facts: list[dict[str, Any]]) -> dict[int, int]:
    """How many causes lie before each fact."""
    depths: dict[int, int] = {}
    for fact in facts:
        depths[fact["sequence"]] = depths.get(fact["cause"], -1) + 1 if fact["cause"] else 0
    return depths


def cloud(fact: dict[str, Any]) -> str:
    """`aws`, `azure` or `kernel`: whose fact it is. AWS's facts have an account."""
    if fact["account"]:
        return "aws"
    return "kernel" if fact["kind"] in ("TimerFailed", "ConsumerFailed", "HostRefused") else "azure"


def _is_trouble(fact: dict[str, Any]) -> bool:
    if fact["kind"] in _NOISE:
        return False
    if any(word in fact["kind"] for word in _TROUBLE):
        return True
    states = [str(fact["detail"].get(key, "")).lower() for key in ("status", "result", "state")]
    return any(state in ("failed", "rejected", "rollback_complete") for state in states)


def _reason(fact: dict[str, Any]) -> str:
    for key in ("failure_reason", "FailureReason", "reason", "error", "message"):
        if fact["detail"].get(key):
            return f": {str(fact['detail'][key])[:300]}"
    return ""
