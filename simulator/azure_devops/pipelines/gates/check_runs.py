"""Runs of checks: rows that are evaluated until they are approved, rejected or out of time.

A check is evaluated when its turn comes, again at its interval on the virtual clock, and when somebody says that what
it waits for has changed. Its row, its timers and the record of the timeline change together.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from simulator.azure_devops.organization import Organization, Row
from simulator.azure_devops.pipelines.gates import check_types
from simulator.azure_devops.pipelines.lifecycles import CHECK_RUN
from simulator.azure_devops.pipelines.results import Result
from simulator.azure_devops.pipelines.room import Signals
from simulator.azure_devops.pipelines.timeline import Timeline

KIND = "azure_devops.check_run"
AGAIN, TIMEOUT = "azure_devops.check_evaluation", "azure_devops.check_timeout"
MOST_EVALUATIONS = 2000
ABORTED = "Check aborted. This could be because the run was canceled or another check on the stage failed."
RESULTS = {
    "approved": Result.SUCCEEDED,
    "bypassed": Result.SUCCEEDED,
    "rejected": Result.FAILED,
    "timedOut": Result.SKIPPED,
    "canceled": Result.CANCELED,
}


@dataclass(frozen=True)
class Verdict:
    """What an evaluation says. While `running`, the next one comes in `again_seconds` (None: when somebody says so)."""

    status: str
    message: str = ""
    again_seconds: float | None = None


Evaluate = Callable[[Row], Awaitable[Verdict]]


def gate(run: int, stage: str) -> str:
    """The signal by which the gate of a stage learns that something changed."""
    return f"gate/{run}/{stage}"


class CheckRuns:
    """The check runs of the organization; `evaluate` says what a check comes to now."""

    def __init__(self, organization: Organization, signals: Signals, evaluate: Evaluate) -> None:
        self._organization, self._signals, self._evaluate = organization, signals, evaluate
        self._kernel = organization.kernel
        self._kernel.scheduler.on(AGAIN, self._again)
        self._kernel.scheduler.on(TIMEOUT, self._time_out)

    def find(self, identifier: str) -> Row | None:
        """The check run of that id."""
        return self._kernel.store.get(KIND, identifier.lower())

    def of_run(self, run: int) -> list[Row]:
        """The check runs of a run."""
        return [row for row in self._organization.rows(KIND) if row["run"] == run]

    async def begin(self, identifier: str, run: Row, stage: str, check: Row, **more: Any) -> Row:
        """The check run under that id, made and evaluated on first use; after a restart it goes on."""
        row = self.find(identifier) or self._make(identifier, run, stage, check, more)
        if row["status"] == "running" and row["evaluations"] == 0:
            await self.evaluate(identifier)
        return self._row(identifier)

    async def evaluate(self, identifier: str) -> None:
        """One evaluation now, where the check still runs."""
        row = self.find(identifier)
        if row is None or row["status"] != "running":
            return
        verdict = await self._evaluate(row)
        row = self._row(identifier)
        # It may have been settled while somebody outside was asked.
        if row["status"] != "running":
            return
        with self._kernel.store.transaction():
            row["evaluations"] += 1
            if verdict.status != "running":
                self.settle(row, verdict.status, verdict.message)
                return
            self._note(row, verdict.message)
            if verdict.again_seconds is not None and row["evaluations"] < MOST_EVALUATIONS:
                when = self._kernel.clock.now() + verdict.again_seconds
                self._kernel.scheduler.at(when, AGAIN, {"check": identifier}, f"check/{identifier}/again")
            self._kernel.store.put(KIND, identifier, row)

    def settle(self, row: Row, status: str, message: str, by: str = "") -> Row:
        """The end of a check run: row, record, timers and fact in one transaction."""
        with self._kernel.store.transaction():
            row["status"] = CHECK_RUN.step(row["status"], status)
            row["completed"] = self._kernel.clock.now()
            self._note(row, message)
            for timer in ("again", "timeout"):
                self._kernel.scheduler.cancel(f"check/{row['id']}/{timer}")
            told = {**_told(row), "status": status, "message": message, "by": by}
            fact = self._kernel.log.record("CheckResolved", f"{row['name']} {status}", told)
            row["fact"] = fact.sequence
            timeline = Timeline(self._kernel, row["run"])
            if status == "rejected":
                timeline.add_issue(row["id"], "error", message)
            timeline.finish(row["id"], RESULTS[status])
            self._kernel.store.put(KIND, row["id"], row)
            self._kernel.store.after_commit(lambda: self._signals.set(gate(row["run"], row["stage"])))
        return row

    def bypass(self, row: Row, by: str) -> Row:
        """An administrator lets the stage pass without the check."""
        return self.settle(row, "bypassed", "Check was bypassed.", by)

    async def rerun(self, row: Row) -> Row:
        """Evaluate a check that still runs once more, from its beginning."""
        self._kernel.store.put(KIND, row["id"], {**row, "evaluations": 0})
        await self.evaluate(row["id"])
        return self._row(row["id"])

    def cancel(self, run: int, stage: str = "") -> None:
        """Nobody needs to know what these checks come to any more."""
        for row in self.of_run(run):
            if row["status"] == "running" and stage in ("", row["stage"]):
                self.settle(row, "canceled", ABORTED)

    def waiting(self, kind: str) -> list[Row]:
        """The check runs of a kind (a type's id) that are not settled, those of the oldest run first."""
        rows = [row for row in self._organization.rows(KIND) if row["type"]["id"] == kind]
        return sorted((row for row in rows if row["status"] == "running"), key=lambda row: int(row["run"]))

    def _row(self, identifier: str) -> Row:
        row = self.find(identifier)
        assert row is not None, f"there is no check run {identifier}"
        return row

    def _make(self, identifier: str, run: Row, stage: str, check: Row, more: dict[str, Any]) -> Row:
        now = self._kernel.clock.now()
        row: Row = {
            "id": identifier,
            "project": run["project"],
            "run": run["id"],
            "stage": stage,
            "check": check["id"],
            "type": check["type"],
            "name": check_types.display_name(check),
            "settings": check["settings"],
            "resource": check["resource"],
            "status": CHECK_RUN.initial,
            "message": "",
            "updates": [],
            "evaluations": 0,
            "created": now,
            "completed": None,
            **more,
        }
        with self._kernel.store.transaction():
            self._kernel.store.put(KIND, identifier, row)
            when = now + check["timeout"] * 60
            self._kernel.scheduler.at(when, TIMEOUT, {"check": identifier}, f"check/{identifier}/timeout")
            self._kernel.log.record("CheckStarted", row["name"], _told(row))
        return row

    def _note(self, row: Row, message: str) -> None:
        row["message"] = message
        row["updates"].append(
            {"status": row["status"], "message": message, "on": self._kernel.clock.now()},
        )

    async def _again(self, payload: dict[str, Any]) -> None:
        await self.evaluate(payload["check"])

    async def _time_out(self, payload: dict[str, Any]) -> None:
        row = self.find(payload["check"])
        if row is not None and row["status"] == "running":
            self.settle(row, "timedOut", "Check timed out.")


def _told(row: Row) -> dict[str, Any]:
    return {
        "check": row["id"],
        "run": row["run"],
        "stage": row["stage"],
        "type": row["type"]["name"],
        "resource": row["resource"].get("name", ""),
    }
