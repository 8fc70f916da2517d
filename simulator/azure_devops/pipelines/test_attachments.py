"""Attachments of test runs and of their results: rows with their contents beside the store."""

from __future__ import annotations

from pathlib import Path

from simulator.azure_devops.organization import Organization, Row, number_key

KIND = "azure_devops.test_attachment"


class TestAttachments:
    """The attachments of the organization's test runs; `result` and `sub_result` are 0 where they hang on the run."""

    __test__ = False  # pytest would take the name for a class of tests

    def __init__(self, organization: Organization) -> None:
        self._organization, self._kernel = organization, organization.kernel
        self._directory = self._kernel.store.directory / "azure_devops" / "test_attachments"

    def add(self, run: Row, result: int, sub_result: int, name: str, content: bytes, told: Row) -> Row:
        """A new attachment; its content is on disk before its row is there."""
        row: Row = {
            "id": self._organization.next_number(KIND),
            "run": run["id"],
            "result": result,
            "name": name,
        }
        row |= {"sub": sub_result, "size": len(content), "created": self._kernel.clock.now(), **told}
        self._directory.mkdir(parents=True, exist_ok=True)
        self.path(row).write_bytes(content)
        self._kernel.store.put(KIND, f"{number_key(run['id'])}/{number_key(row['id'])}", row)
        return row

    def of(self, run: Row, result: int = 0, sub_result: int = 0) -> list[Row]:
        """The attachments of a run, of a result or of a sub-result."""
        rows = [row for _, row in self._kernel.store.scan(KIND, f"{number_key(run['id'])}/")]
        return [row for row in rows if (row["result"], row["sub"]) == (result, sub_result)]

    def find(self, run: Row, number: str) -> Row | None:
        """The run's attachment of that number."""
        key = f"{number_key(run['id'])}/{number_key(number)}" if number.isdecimal() else ""
        return self._kernel.store.get(KIND, key)

    def delete(self, run: Row) -> None:
        """Remove all of a run, of its results too."""
        for key, row in self._kernel.store.scan(KIND, f"{number_key(run['id'])}/"):
            self.path(row).unlink(missing_ok=True)
            self._kernel.store.delete(KIND, key)

    def path(self, row: Row) -> Path:
        """The file that holds the content."""
        return self._directory / str(row["id"])
