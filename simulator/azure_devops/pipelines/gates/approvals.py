"""Approvals: rows that wait for people, who may answer them, and what an answer makes of them."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.errors import failure
from simulator.azure_devops.identities import Identity
from simulator.azure_devops.organization import Organization, Row
from simulator.azure_devops.pipelines.gates.approval_steps import is_open, open_step, outcome, settings_of
from simulator.azure_devops.pipelines.gates.check_runs import gate
from simulator.azure_devops.pipelines.lifecycles import APPROVAL
from simulator.azure_devops.pipelines.results import Result
from simulator.azure_devops.pipelines.room import Signals
from simulator.azure_devops.pipelines.timeline import Timeline

KIND = "azure_devops.approval"
TIMEOUT = "azure_devops.approval_timeout"
DEFERRED = "azure_devops.approval_deferred"
_RESULTS = {
    "approved": Result.SUCCEEDED,
    "skipped": Result.SUCCEEDED,
    "rejected": Result.FAILED,
    "timedOut": Result.SKIPPED,
    "canceled": Result.CANCELED,
}


class Approvals:
    """The approvals of the organization."""

    def __init__(self, organization: Organization, signals: Signals) -> None:
        self._organization, self._signals = organization, signals
        self._kernel = organization.kernel
        self._kernel.scheduler.on(TIMEOUT, self._time_out)
        self._kernel.scheduler.on(DEFERRED, self._deferral_over)

    def find(self, identifier: str) -> Row | None:
        """The approval of that id."""
        return self._kernel.store.get(KIND, identifier.lower())

    def of(self, project: str) -> list[Row]:
        """The approvals of a project, the oldest first."""
        return sorted(self._organization.rows(KIND, project), key=lambda row: float(row["created"]))

    def ask(self, identifier: str, run: Row, stage: str, check: Row) -> Row:
        """The approval under that id, made on first use with its timer on the virtual clock."""
        if (known := self.find(identifier)) is not None:
            return known
        now, resource = self._kernel.clock.now(), check["resource"]
        place = str(resource.get("name") or resource["id"])
        row: Row = {
            "id": identifier,
            "project": run["project"],
            "run": run["id"],
            "stage": stage,
            "environment": place,
            "resource": resource,
            "check": check["id"],
            "status": APPROVAL.initial,
            "created": now,
            "changed": now,
            **settings_of(check["settings"], lambda name: self._members(name), now),
        }
        with self._kernel.store.transaction():
            self._kernel.store.put(KIND, identifier, row)
            self._kernel.scheduler.at(
                now + check["timeout"] * 60, TIMEOUT, {"approval": identifier}, f"approval/{identifier}"
            )
            detail = {"approval": identifier, "run": run["id"], "stage": stage, "environment": place}
            approvers = check["settings"]["approvers"]
            told = {**detail, "approvers": approvers, "pipelineId": run["definition"]}
            self._kernel.log.record("ApprovalPending", f"{place} run {run['name']}", told)
        return row

    def check_may_answer(self, row: Row, who: Identity) -> None:
        """Refuse who is no approver, is blocked, or asked for the run where the check forbids it."""
        self._check_open(row)
        if open_step(row, who.name) is None or who.name in row["blockedApprovers"]:
            raise failure("ApprovalUnauthorizedException", user=who.display, id=row["id"])
        run = self._organization.numbered("azure_devops.run", row["run"])
        if row["requesterCannotBeApprover"] and run is not None and run["requestedFor"] == who.name:
            raise failure("ApprovalRequesterException", user=who.display, id=row["id"])

    def answer(
        self, row: Row, who: Identity, status: str, comment: str, deferred_to: float | None = None
    ) -> Row:
        """A person approves or rejects, perhaps from a later moment on; CallerError where the person may not."""
        self.check_may_answer(row, who)
        step, now = open_step(row, who.name), self._kernel.clock.now()
        assert step is not None
        step.update(comment=comment, actualApprover=who.name, changed=now)
        if status != "approved" or deferred_to is None or deferred_to <= now:
            step.update(status=status)
            return self._settle(row, outcome(row), who.name, comment)
        step.update(status="deferred", deferredTo=deferred_to)
        with self._kernel.store.transaction():
            timer = f"approval/{row['id']}/{step['order']}"
            payload = {"approval": row["id"], "order": step["order"]}
            self._kernel.scheduler.at(deferred_to, DEFERRED, payload, timer)
            return self._settle(row, outcome(row), who.name, comment)

    def reassign(self, row: Row, assigned: str, who: Identity, to: str, comment: str) -> Row:
        """The open step of an approver goes to somebody else, and its history says so."""
        self._check_open(row)
        step = next(
            (one for one in row["steps"] if is_open(one) and one["assignedApprover"] == assigned), None
        )
        if step is None:
            raise failure("ApprovalUnauthorizedException", user=who.display, id=row["id"])
        now = self._kernel.clock.now()
        step.setdefault("history", []).append(
            {"assignedTo": assigned, "createdBy": who.name, "createdOn": now, "comment": comment}
        )
        step.update(assignedApprover=to, members=self._members(to), changed=now)
        with self._kernel.store.transaction():
            detail = {"approval": row["id"], "run": row["run"], "from": assigned, "to": to, "by": who.name}
            self._kernel.log.record("ApprovalReassigned", f"{row['environment']} {to}", detail)
            return self._settle(row, "pending", who.name, comment)

    def skip(self, row: Row, who: Identity, comment: str) -> Row:
        """An administrator lets the stage pass without this approval."""
        self._check_open(row)
        return self._settle(row, "skipped", who.name, comment)

    def cancel(self, run: int, stage: str = "") -> None:
        """Nobody needs to answer the approvals of this run (of one stage) any more."""
        for row in self._organization.rows(KIND):
            if row["run"] == run and is_open(row) and stage in ("", row["stage"]):
                self._settle(row, "canceled", "", "")

    def _check_open(self, row: Row) -> None:
        if not is_open(row):
            raise failure("ApprovalAlreadyCompletedException", id=row["id"], status=row["status"])

    def _members(self, name: str) -> list[str]:
        """Who may answer for an approver: the person, or the members of the team."""
        return self._organization.people_of(name)

    async def _time_out(self, payload: dict[str, Any]) -> None:
        row = self.find(payload["approval"])
        if row is not None and is_open(row):
            self._settle(row, "timedOut", "", "")

    async def _deferral_over(self, payload: dict[str, Any]) -> None:
        row = self.find(payload["approval"])
        if row is None or not is_open(row):
            return
        for step in row["steps"]:
            if step["order"] == payload["order"] and step["status"] == "deferred":
                step.update(status="approved", changed=self._kernel.clock.now())
                self._settle(row, outcome(row), step["actualApprover"], step["comment"])

    def _settle(self, row: Row, status: str, by: str, comment: str) -> Row:
        with self._kernel.store.transaction():
            row["changed"] = self._kernel.clock.now()
            if status != row["status"]:
                row["status"] = APPROVAL.step(row["status"], status)
            if not is_open(row):
                self._kernel.scheduler.cancel(f"approval/{row['id']}")
                detail = {"approval": row["id"], "run": row["run"], "stage": row["stage"], "status": status}
                told = {**detail, "environment": row["environment"], "by": by, "comment": comment}
                fact = self._kernel.log.record("ApprovalResolved", f"{row['environment']} {status}", told)
                row["fact"] = fact.sequence
                Timeline(self._kernel, row["run"]).finish(row["id"], _RESULTS[status])
                self._kernel.store.after_commit(lambda: self._signals.set(gate(row["run"], row["stage"])))
            self._kernel.store.put(KIND, row["id"], row)
        return row
