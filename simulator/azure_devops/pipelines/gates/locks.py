"""Exclusive locks: one stage at a time uses the resource; who waits gets it by the lock behaviour of the pipeline.

Source: Learn "Exclusive lock": `sequential` lets the runs through in their order; `runLatest`, which holds where the
YAML says nothing, lets the newest through and cancels the older ones that wait.
"""

from __future__ import annotations

from simulator.azure_devops.organization import Organization, Row
from simulator.azure_devops.pipelines.gates import check_types
from simulator.azure_devops.pipelines.gates.check_runs import ABORTED, CheckRuns, Verdict
from simulator.azure_devops.pipelines.timeline import Timeline
from simulator.kernel.facts import Fact

KIND = "azure_devops.exclusive_lock"


class Locks:
    """The exclusive locks of the organization: who holds which resource."""

    def __init__(self, organization: Organization) -> None:
        self._organization, self._kernel = organization, organization.kernel

    def evaluate(self, row: Row, others: list[Row]) -> Verdict:
        """Take the lock if nobody holds it and no other that waits comes first."""
        holder = self.holder(row["resource"])
        mine = (row["run"], row["stage"])
        if holder not in (None, mine):
            return Verdict("running", "Waiting for the exclusive lock.")
        rivals = [one for one in others if one["id"] != row["id"] and _same(one["resource"], row["resource"])]
        if holder is None and any(_comes_before(one, row) for one in rivals):
            return Verdict("running", "Waiting for the exclusive lock.")
        self._kernel.store.put(KIND, _key(row["resource"]), {"run": mine[0], "stage": mine[1]})
        return Verdict("approved", "The exclusive lock was acquired.")

    def holder(self, resource: Row) -> tuple[int, str] | None:
        """The run and the stage that hold the lock: a stage that has ended holds nothing."""
        found = self._kernel.store.get(KIND, _key(resource))
        if found is None:
            return None
        timeline = Timeline(self._kernel, found["run"])
        record = timeline.find(timeline.record_id(found["stage"]))
        over = record is None or record["state"] == "completed"
        return None if over else (int(found["run"]), str(found["stage"]))


def superseded(row: Row, others: list[Row]) -> list[Row]:
    """The waiting check runs that a newer one of `runLatest` takes the place of. Pure."""
    if row["lockBehavior"] == "sequential":
        return []
    return [
        one
        for one in others
        if _same(one["resource"], row["resource"])
        and int(one["run"]) < int(row["run"])
        and one["lockBehavior"] != "sequential"
    ]


def _comes_before(other: Row, row: Row) -> bool:
    if row["lockBehavior"] == "sequential":
        return other["lockBehavior"] == "sequential" and int(other["run"]) < int(row["run"])
    return int(other["run"]) > int(row["run"]) or other["lockBehavior"] == "sequential"


def _same(one: Row, other: Row) -> bool:
    return (one["type"], one["id"]) == (other["type"], other["id"])


def _key(resource: Row) -> str:
    return f"{resource['type']}/{resource['id']}"


class LockWatch:
    """Tells those who wait for a lock when a stage has ended."""

    def __init__(self, checks: CheckRuns) -> None:
        self._checks = checks

    async def on_fact(self, fact: Fact) -> None:
        """The log's consumer."""
        if fact.kind == "StageStateChanged" and fact.detail["state"] == "completed":
            # The newest first: with runLatest it takes the lock and the others are let go.
            for row in reversed(self._checks.waiting(check_types.EXCLUSIVE_LOCK)):
                await self._checks.evaluate(row["id"])

    def let_go(self, row: Row) -> None:
        """Cancel the waiting stages that a newer run takes the place of."""
        for older in superseded(row, self._checks.waiting(check_types.EXCLUSIVE_LOCK)):
            self._checks.settle(older, "canceled", ABORTED)
