"""Retention leases: what keeps a run (and its pipeline) from being deleted."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.organization import Organization, Row, number_key

KIND = "azure_devops.lease"
FOREVER_DAYS = 36500


class Leases:
    """The leases of the organization; one whose time is over, on the virtual clock, is none."""

    def __init__(self, organization: Organization) -> None:
        self._organization, self._kernel = organization, organization.kernel

    def all(self) -> list[Row]:
        """Every lease that holds now."""
        now = self._kernel.clock.now()
        return [row for row in self._organization.rows(KIND) if row["validUntil"] > now]

    def find(self, number: str) -> Row | None:
        """The lease of that number, if it holds."""
        return next((row for row in self.all() if str(row["id"]) == number), None)

    def of_run(self, run: int) -> list[Row]:
        """The leases of a run."""
        return [row for row in self.all() if row["runId"] == run]

    def of_definition(self, definition: int) -> list[Row]:
        """The leases of the runs of a pipeline."""
        return [row for row in self.all() if row["definitionId"] == definition]

    def keep(self, run: Row, owner: str, days: int, protect: bool = False) -> Row:
        """A new lease for so many days from now."""
        now = self._kernel.clock.now()
        row = {
            "id": self._organization.next_number("lease"),
            "project": run["project"],
            "definitionId": run["definition"],
            "runId": run["id"],
            "ownerId": owner,
            "createdOn": now,
            "validUntil": now + days * 86400,
            "protectPipeline": protect,
        }
        self._organization.save(KIND, row)
        return row

    def change(self, row: Row, **changes: Any) -> Row:
        """Other days from now, or another protection."""
        changed = {**row, **changes}
        self._organization.save(KIND, changed)
        return changed

    def valid_until(self, days: int) -> float:
        """So many days from now."""
        return self._kernel.clock.now() + days * 86400

    def let_go(self, run: int, owner: str) -> None:
        """End the leases of a run that an owner holds."""
        for row in self.of_run(run):
            if row["ownerId"] == owner:
                self.delete(row["id"])

    def delete(self, number: int) -> None:
        """End a lease."""
        self._kernel.store.delete(KIND, number_key(number))
