"""Notifications: one row for each event that a subscription is told of, kept for seven days as its history."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from simulator.azure_devops.hooks.occurrences import Occurrence
from simulator.azure_devops.organization import Organization, Row

KIND = "azure_devops.hook_notification"
KEPT_SECONDS = 7 * 86400.0
QUEUED, SENDING, COMPLETED = "queued", "requestInProgress", "completed"


class Notifications:
    """The notifications of the organization."""

    def __init__(self, organization: Organization) -> None:
        self._organization, self._kernel = organization, organization.kernel

    def add(self, subscription: Row, occurrence: Occurrence | None, event: Row | None = None) -> Row:
        """A queued notification; its event is written when it is first sent, or is given."""
        now = self._kernel.clock.now()
        row: Row = {
            "id": self._organization.next_number(f"hook notification/{subscription['id']}"),
            "subscription": subscription["id"],
            "eventId": self._kernel.ids.uuid() if event is None else str(event.get("id")),
            "eventType": subscription["eventType"],
            "occurrence": asdict(occurrence) if occurrence else None,
            "event": event,
            "status": QUEUED,
            "result": "pending",
            "attempts": 0,
            "created": now,
            "changed": now,
            "dequeued": None,
            "completed": None,
            "duration": 0.0,
            "request": "",
            "response": "",
            "errorMessage": "",
            "errorDetail": "",
        }
        self._forget_old(subscription["id"], now)
        self.save(row)
        return row

    def filtered(self, subscription: Row, occurrence: Occurrence) -> None:
        """Note that an event did not fit a subscription that is being traced."""
        row = self.add(subscription, occurrence)
        now = self._kernel.clock.now()
        self.save({**row, "status": COMPLETED, "result": "filtered", "completed": now})

    def save(self, row: Row) -> None:
        """Write the row."""
        self._kernel.store.put(KIND, key(row["subscription"], row["id"]), row)

    def find(self, subscription: str, number: int) -> Row | None:
        """The subscription's notification of that number."""
        return self._kernel.store.get(KIND, key(subscription, number))

    def of(self, subscription: str, limit: int = 100, status: str = "", result: str = "") -> list[Row]:
        """The newest notifications of a subscription, of one status and result where these are given."""
        rows = [row for _, row in self._kernel.store.scan(KIND, f"{subscription.lower()}/")]
        chosen = [
            row
            for row in reversed(rows)
            if status.lower() in ("", str(row["status"]).lower())
            and result.lower() in ("", str(row["result"]).lower())
        ]
        return chosen[:limit]

    def forget(self, subscription: str) -> None:
        """Remove the history of a subscription that is gone."""
        for name, _ in self._kernel.store.scan(KIND, f"{subscription}/"):
            self._kernel.store.delete(KIND, name)

    def _forget_old(self, subscription: str, now: float) -> None:
        for name, row in self._kernel.store.scan(KIND, f"{subscription}/"):
            if row["created"] < now - KEPT_SECONDS and row["status"] == COMPLETED:
                self._kernel.store.delete(KIND, name)


def key(subscription: str, number: int) -> str:
    """The store key of a notification."""
    return f"{subscription.lower()}/{number:010d}"


def occurrence_of(row: Row) -> Occurrence:
    """What a notification's row keeps of what happened."""
    kept: dict[str, Any] = row["occurrence"]
    values = {name: tuple(found) for name, found in kept["values"].items()}
    return Occurrence(kept["project"], values, kept["told"])
