"""Approvals: rows that wait for people, who may answer them, and what an answer makes of them."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.errors import failure
from simulator.azure_devops.identities import Identity
from simulator.azure_devops.organization import Organization, Row
from simulator.azure_devops.pipelines.lifecycles import APPROVAL
from simulator.azure_devops.pipelines.results import Result
from simulator.azure_devops.pipelines.room import Signals
from simulator.azure_devops.pipelines.timeline import Timeline

KIND = "azure_devops.approval"
TIMEOUT = "azure_devops.approval_timeout"
_RESULTS = {
    "approved": Result.SUCCEEDED,
    "rejected": Result.FAILED,
    "timedOut": Result.SKIPPED,
    "canceled": Result.CANCELED,
}


def outcome(row: Row) -> str:
    """What the answers of the steps make of an approval: rejected at once, approved when enough said so. Pure."""
    answers = [step["status"] for step in row["steps"]]
    if "rejected" in answers:
        return "rejected"
    needed = row["minRequiredApprovers"] or len(answers)
    return "approved" if answers.count("approved") >= needed else "pending"


def open_step(row: Row, person: str) -> Row | None:
    """The step that this person may answer now: in sequence only the first that is open. Pure."""
    pending = [step for step in row["steps"] if step["status"] == "pending"]
    offered = pending[:1] if row["executionOrder"] == "inSequence" else pending
    return next((step for step in offered if step["assignedApprover"] == person), None)


class Approvals:
    """The approvals of the organization."""

    def __init__(self, organization: Organization, signals: Signals) -> None:
        self._organization, self._signals = organization, signals
        self._kernel = organization.kernel
        self._kernel.scheduler.on(TIMEOUT, self._time_out)

    def find(self, identifier: str) -> Row | None:
        """The approval of that id."""
        return self._kernel.store.get(KIND, identifier.lower())

    def of(self, project: str) -> list[Row]:
        """The approvals of a project, the oldest first."""
        return sorted(self._organization.rows(KIND, project), key=lambda row: float(row["created"]))

    def ask(self, identifier: str, run: Row, stage: str, environment: Row, check: Row) -> Row:
        """The approval under that id, made on first use with its timer on the virtual clock."""
        if (known := self.find(identifier)) is not None:
            return known
        settings, now = check["settings"], self._kernel.clock.now()
        steps = [
            {
                "assignedApprover": name,
                "order": place,
                "status": "pending",
                "comment": "",
                "initiated": now,
                "changed": now,
            }
            for place, name in enumerate(settings["approvers"], start=1)
        ]
        row: Row = {
            "id": identifier,
            "project": run["project"],
            "run": run["id"],
            "stage": stage,
            "environment": environment["name"],
            "check": check["id"],
            "status": APPROVAL.initial,
            "steps": steps,
            "created": now,
            "changed": now,
            **{key: settings[key] for key in ("executionOrder", "minRequiredApprovers", "instructions")},
            "requesterCannotBeApprover": bool(settings.get("requesterCannotBeApprover")),
            "blockedApprovers": settings.get("blockedApprovers", []),
        }
        with self._kernel.store.transaction():
            self._kernel.store.put(KIND, identifier, row)
            self._kernel.scheduler.at(
                now + check["timeout"] * 60, TIMEOUT, {"approval": identifier}, f"approval/{identifier}"
            )
            detail = {
                "approval": identifier,
                "run": run["id"],
                "stage": stage,
                "environment": environment["name"],
            }
            told = {**detail, "approvers": settings["approvers"], "pipelineId": run["definition"]}
            self._kernel.log.record("ApprovalPending", f"{environment['name']} run {run['name']}", told)
        return row

    def check_may_answer(self, row: Row, who: Identity) -> None:
        """Refuse who is no approver, is blocked, or asked for the run where the check forbids it."""
        if row["status"] != "pending":
            raise failure("ApprovalAlreadyCompletedException", id=row["id"], status=row["status"])
        if open_step(row, who.name) is None or who.name in row["blockedApprovers"]:
            raise failure("ApprovalUnauthorizedException", user=who.display, id=row["id"])
        run = self._organization.numbered("azure_devops.run", row["run"])
        if row["requesterCannotBeApprover"] and run is not None and run["requestedFor"] == who.name:
            raise failure("ApprovalRequesterException", user=who.display, id=row["id"])

    def answer(self, row: Row, who: Identity, status: str, comment: str) -> Row:
        """A person approves or rejects; raises CallerError where the person may not."""
        self.check_may_answer(row, who)
        step = open_step(row, who.name)
        assert step is not None
        step.update(status=status, comment=comment, actualApprover=who.name, changed=self._kernel.clock.now())
        return self._settle(row, outcome(row), who.name, comment)

    def cancel(self, run: int) -> None:
        """Nobody needs to answer the approvals of this run any more."""
        for row in self._organization.rows(KIND):
            if row["run"] == run and row["status"] == "pending":
                self._settle(row, "canceled", "", "")

    async def _time_out(self, payload: dict[str, Any]) -> None:
        row = self.find(payload["approval"])
        if row is not None and row["status"] == "pending":
            self._settle(row, "timedOut", "", "")

    def _settle(self, row: Row, status: str, by: str, comment: str) -> Row:
        with self._kernel.store.transaction():
            row["changed"] = self._kernel.clock.now()
            if status != "pending":
                row["status"] = APPROVAL.step(row["status"], status)
                self._kernel.scheduler.cancel(f"approval/{row['id']}")
                detail = {"approval": row["id"], "run": row["run"], "stage": row["stage"], "status": status}
                told = {**detail, "environment": row["environment"], "by": by, "comment": comment}
                fact = self._kernel.log.record("ApprovalResolved", f"{row['environment']} {status}", told)
                row["fact"] = fact.sequence
                self._close_record(row)
                self._kernel.store.after_commit(lambda: self._signals.set(row["id"]))
            self._kernel.store.put(KIND, row["id"], row)
        return row

    def _close_record(self, row: Row) -> None:
        timeline = Timeline(self._kernel, row["run"])
        timeline.finish(row["id"], _RESULTS[row["status"]])
