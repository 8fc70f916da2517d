"""Test runs and their results: rows that tasks and clients write and REST shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from simulator.azure_devops.organization import Organization, Row, number_key
from simulator.azure_devops.pipelines.test_formats.case import TestCase
from simulator.kernel.world import Kernel

RUN = "azure_devops.test_run"
RESULTS = "azure_devops.test_results"
FIRST_RESULT = 100000
_COMPLETED = "Completed"
STATES = ("Unspecified", "NotStarted", "InProgress", _COMPLETED, "Aborted", "Waiting", "NeedsInvestigation")


class TestRuns:
    """The test runs of the organization."""

    __test__ = False  # pytest would take the name for a class of tests

    def __init__(self, kernel: Kernel, organization: Organization) -> None:
        self._kernel, self._organization = kernel, organization

    def add(self, build: Row, name: str, cases: list[TestCase]) -> Row:
        """A completed test run of a build."""
        counts = Counter(case.outcome for case in cases)
        with self._kernel.store.transaction():
            row = self._new(build["project"], build["id"], name)
            row |= {"counts": dict(counts), "total": len(cases), "completed": row["created"]}
            self._organization.save(RUN, row)
            self._save(row, [dict(case.__dict__) for case in cases])
            detail = {"run": build["id"], "testRun": row["id"], "total": len(cases), **counts}
            self._kernel.log.record("TestRunPublished", f"run {build['id']} {name}", detail)
        return row

    def create(self, project: str, build: int | None, name: str, given: Mapping[str, Any], by: str) -> Row:
        """A test run that a client writes: open until somebody completes it."""
        row = {**self._new(project, build, name), "state": "InProgress", "owner": by}
        row |= {"automated": bool(given.get("automated")), "told": {}}
        return self.change(row, given)

    def change(self, row: Row, given: Mapping[str, Any]) -> Row:
        """Other members of a run: its name, state, comment and times."""
        now = self._kernel.clock.now()
        row["name"] = str(given.get("name") or row["name"])
        told = {
            name: given[name]
            for name in ("comment", "startedDate", "completedDate", "errorMessage")
            if name in given
        }
        row["told"] = {**row.get("told", {}), **told}
        if state := str(given.get("state") or ""):
            row["state"] = next((one for one in STATES if one.lower() == state.lower()), row["state"])
            row["completed"] = now if row["state"] in (_COMPLETED, "Aborted") else None
        self._organization.save(RUN, row)
        return row

    def delete(self, row: Row) -> None:
        """Remove a run with its results."""
        with self._kernel.store.transaction():
            self._kernel.store.delete(RUN, number_key(row["id"]))
            self._kernel.store.delete(RESULTS, number_key(row["id"]))

    def of(self, project: str, build: int | None = None) -> list[Row]:
        """The test runs of a project, or of one build."""
        return [row for row in self._organization.rows(RUN, project) if build in (None, row["build"])]

    def find(self, project: str, number: str) -> Row | None:
        """The test run of that number."""
        row = self._organization.numbered(RUN, number)
        return row if row and row["project"] == project else None

    def results(self, row: Row) -> list[Row]:
        """The results of a test run, in their order; the number of the first is FIRST_RESULT."""
        found = self._kernel.store.get(RESULTS, number_key(row["id"])) or {"results": []}
        return list(found["results"])

    def write_results(self, row: Row, results: list[Row]) -> Row:
        """The results of a run as they are now; its counts follow."""
        counts = Counter(str(one["outcome"]) for one in results)
        with self._kernel.store.transaction():
            row |= {"counts": dict(counts), "total": len(results)}
            self._organization.save(RUN, row)
            self._save(row, results)
        return row

    def _new(self, project: str, build: int | None, name: str) -> Row:
        now = self._kernel.clock.now()
        row: Row = {"id": self._organization.next_number("test_run"), "project": project, "build": build}
        row |= {"name": name, "created": now, "state": _COMPLETED, "automated": True, "completed": None}
        return {**row, "counts": {}, "total": 0}

    def _save(self, row: Row, results: list[Row]) -> None:
        self._kernel.store.put(RESULTS, number_key(row["id"]), {"results": results})
