"""The steps of an approval, one an approver: which is open to whom, and what their answers come to. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.azure_devops.organization import Row

_OPEN = ("pending", "deferred")


def is_open(row: Row) -> bool:
    """Whether an approval, or a step, is not settled yet."""
    return row["status"] in _OPEN


def outcome(row: Row) -> str:
    """What the answers make of an approval: rejected at once, approved when enough said so, deferred when they will."""
    answers = [step["status"] for step in row["steps"]]
    if "rejected" in answers:
        return "rejected"
    needed = row["minRequiredApprovers"] or len(answers)
    if answers.count("approved") >= needed:
        return "approved"
    return "deferred" if answers.count("approved") + answers.count("deferred") >= needed else "pending"


def open_step(row: Row, person: str) -> Row | None:
    """The step that this person may answer now: in sequence only the first that is open."""
    pending = [step for step in row["steps"] if is_open(step)]
    offered = pending[:1] if row["executionOrder"] == "inSequence" else pending
    return next(
        (step for step in offered if person in step.get("members", (step["assignedApprover"],))), None
    )


def settings_of(settings: Row, members: Callable[[str], list[str]], now: float) -> dict[str, Any]:
    """The members of an approval's row that its check says."""
    steps = [
        {
            "assignedApprover": name,
            "members": members(name),
            "order": place,
            "status": "pending",
            "comment": "",
            "initiated": now,
            "changed": now,
            "history": [],
        }
        for place, name in enumerate(settings["approvers"], start=1)
    ]
    said = {key: settings[key] for key in ("executionOrder", "minRequiredApprovers", "instructions")}
    return {
        **said,
        "steps": steps,
        "requesterCannotBeApprover": bool(settings.get("requesterCannotBeApprover")),
        "blockedApprovers": settings.get("blockedApprovers", []),
    }
