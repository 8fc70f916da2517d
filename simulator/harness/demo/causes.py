"""Chains of causes through both clouds, read from facts."""

from __future__ import annotations

from typing import Any

from simulator.harness.demo.telling import without_frames

_NOISE = ("HostRefused", "AcceptedNotSimulated", "Remembered")
_TROUBLE = ("Failed", "Rejected", "DeadLettered", "NotSimulated")


def chain(facts: list[dict[str, Any]], said: str = "") -> list[str]:
    """All that went wrong under the first cause of a trouble, and what led to it; empty when nothing did.

    The trouble is the newest whose reason stands in what the link `said`, else the newest: a schedule that came due
    meanwhile may have troubles of its own.
    """
    by_number = {fact["sequence"]: fact for fact in facts}
    paths = [_path(fact, by_number) for fact in facts if _is_trouble(fact)]
    meant = [path for path in paths if (reason := _reason(path[0]["detail"])) and reason[2:] in said]
    first = (meant or paths)[-1][-1] if paths else None
    told = {step["sequence"]: step for path in paths if path[-1] is first for step in path}
    return [_line(fact) for _, fact in sorted(told.items())]


def _path(fact: dict[str, Any], by_number: dict[int, dict[str, Any]]) -> list[dict[str, Any]]:
    """The fact, its cause, the cause of that, and so on."""
    path = [fact]
    while (before := by_number.get(path[-1]["cause"])) is not None:
        path.append(before)
    return path


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
    return any(state.lower() in ("failed", "rejected", "rollback_complete") for state in _states(fact))


def _states(fact: dict[str, Any]) -> list[str]:
    """The states that a fact tells, the final one first."""
    return [str(fact["detail"][key]) for key in ("result", "status", "state") if fact["detail"].get(key)]


def _line(fact: dict[str, Any]) -> str:
    """One fact as a line: what became of what, and why."""
    detail, state = fact["detail"], next(iter(_states(fact)), "")
    told = [f"#{fact['sequence']}", fact["kind"], fact["subject"]]
    told += [state] if state and state not in fact["subject"] else []
    told += [f"attempt {detail['attempt']}"] if "attempt" in detail else []
    return " ".join(told) + _reason(detail)


def _reason(detail: dict[str, Any]) -> str:
    for key in ("failure_reason", "FailureReason", "reason", "error", "message"):
        if detail.get(key):
            said = " ".join(line.strip() for line in without_frames(str(detail[key]).splitlines()))
            return f": {said[:300].strip()}"
    return ""
