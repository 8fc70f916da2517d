"""Callbacks: what somebody outside says about an agentless task or a check that waits for it.

A plan is a run's (hub `build`) or a check's (hub `checks`). What an outsider says of a task of a run is a row and a
fact; the task that waits reads the row when the signal of its job and task is set.
"""

from __future__ import annotations

from dataclasses import dataclass

from simulator.azure_devops.organization import RUN, Organization, Row
from simulator.azure_devops.pipelines.gates import outside_calls
from simulator.azure_devops.pipelines.gates.check_runs import KIND as CHECK_RUN
from simulator.azure_devops.pipelines.gates.check_runs import CheckRuns
from simulator.azure_devops.pipelines.room import Signals

EVENT = "azure_devops.task_event"
_LOG = "azure_devops.callback_log"
COMPLETED = ("taskcompleted", "jobcompleted")


@dataclass(frozen=True)
class CalledPlan:
    """The plan that a callback names: of a run, and of a check of it where `check` is its row."""

    id: str
    run: Row
    check: Row | None


def signal(job: str, task: str) -> str:
    """The signal that says that something was said of a task."""
    return f"callback/{job.lower()}/{task.lower()}"


class Callbacks:
    """Takes what is said of plans, and keeps the logs that come with it."""

    def __init__(self, organization: Organization, checks: CheckRuns, signals: Signals) -> None:
        self._organization, self._checks, self._signals = organization, checks, signals
        self._kernel = organization.kernel

    def plan(self, identifier: str) -> CalledPlan | None:
        """The plan of that id, None where there is none."""
        wanted = identifier.lower()
        for row in self._organization.rows(RUN):
            if row["planId"] == wanted:
                return CalledPlan(wanted, row, None)
        for row in self._organization.rows(CHECK_RUN):
            if outside_calls.plan_id(row) == wanted:
                run = self._organization.numbered(RUN, row["run"])
                return CalledPlan(wanted, run, row) if run is not None else None
        return None

    def event(self, plan: CalledPlan, name: str, job: str, task: str, result: str) -> None:
        """`TaskCompleted` settles a check, or lets the task of a run that waits for it go on."""
        done = name.lower() in COMPLETED
        with self._kernel.store.transaction():
            detail = {"run": plan.run["id"], "name": name, "job": job, "task": task, "result": result}
            self._kernel.log.record("TaskEvent", f"run {plan.run['name']} {name}", detail)
            if plan.check is not None:
                if done and plan.check["status"] == "running":
                    good = result.lower().startswith("succeeded")
                    said = f"The callback said: {result}."
                    self._checks.settle(plan.check, "approved" if good else "rejected", said)
                return
            self._kernel.store.put(EVENT, f"{job}/{task}".lower(), {**detail, "project": plan.run["project"]})
            self._kernel.store.after_commit(lambda: self._signals.set(signal(job, task)))

    def said(self, job: str, task: str) -> Row | None:
        """What was last said of a task: `name` and `result`."""
        return self._kernel.store.get(EVENT, f"{job}/{task}".lower())

    def add_log(self, plan: CalledPlan, path: str) -> Row:
        """A new, empty log of a plan."""
        number = self._kernel.store.count(_LOG, f"{plan.id}/") + 1
        now = self._kernel.clock.now()
        row = {"id": number, "path": path, "created": now, "changed": now, "lines": []}
        self._kernel.store.put(_LOG, f"{plan.id}/{number:06d}", row)
        return row

    def append(self, plan: CalledPlan, number: int, text: str) -> Row | None:
        """More lines for a log; None where the plan has none of that number."""
        row = self._kernel.store.get(_LOG, f"{plan.id}/{number:06d}")
        if row is None:
            return None
        row["lines"] += text.splitlines()
        row["changed"] = self._kernel.clock.now()
        self._kernel.store.put(_LOG, f"{plan.id}/{number:06d}", row)
        return row

    def logs(self, plan: CalledPlan) -> list[Row]:
        """The logs that callbacks wrote."""
        return [row for _, row in self._kernel.store.scan(_LOG, f"{plan.id}/")]

    def progress(self, plan: CalledPlan, operation: str) -> None:
        """What a check that waits is told of how far the other side is."""
        if plan.check is not None and operation:
            now = self._kernel.clock.now()
            said = {"status": plan.check["status"], "message": operation, "on": now}
            plan.check["updates"].append(said)
            self._kernel.store.put(CHECK_RUN, plan.check["id"], plan.check)
