"""Test runs and their results: rows that PublishTestResults writes and REST shows."""

from __future__ import annotations

from collections import Counter

from simulator.azure_devops.organization import Organization, Row, number_key
from simulator.azure_devops.pipelines.test_formats.case import TestCase
from simulator.kernel.world import Kernel

RUN = "azure_devops.test_run"
RESULTS = "azure_devops.test_results"


class TestRuns:
    """The test runs of the organization."""

    __test__ = False  # pytest would take the name for a class of tests

    def __init__(self, kernel: Kernel, organization: Organization) -> None:
        self._kernel, self._organization = kernel, organization

    def add(self, build: Row, name: str, cases: list[TestCase]) -> Row:
        """A completed test run of a build."""
        counts = Counter(case.outcome for case in cases)
        with self._kernel.store.transaction():
            row: Row = {
                "id": self._organization.next_number("test_run"),
                "project": build["project"],
                "build": build["id"],
                "name": name,
                "created": self._kernel.clock.now(),
                "counts": dict(counts),
                "total": len(cases),
            }
            self._organization.save(RUN, row)
            listed = [case.__dict__ for case in cases]
            self._kernel.store.put(RESULTS, number_key(row["id"]), {"results": listed})
            detail = {"run": build["id"], "testRun": row["id"], "total": len(cases), **counts}
            self._kernel.log.record("TestRunPublished", f"run {build['id']} {name}", detail)
        return row

    def of(self, project: str, build: int | None = None) -> list[Row]:
        """The test runs of a project, or of one build."""
        return [row for row in self._organization.rows(RUN, project) if build in (None, row["build"])]

    def find(self, project: str, number: str) -> Row | None:
        """The test run of that number."""
        row = self._organization.numbered(RUN, number)
        return row if row and row["project"] == project else None

    def results(self, row: Row) -> list[Row]:
        """The results of a test run, in the order of the file."""
        found = self._kernel.store.get(RESULTS, number_key(row["id"])) or {"results": []}
        return list(found["results"])
