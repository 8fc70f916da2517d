"""Who of the directory is in the organization, and with which licence: rows for those whom somebody changed.

The topology is the directory. Everyone in it belongs to the organization until an administrator takes them out.
"""

from __future__ import annotations

from typing import Any

from simulator.kernel.store import Store

Row = dict[str, Any]
LICENCES = {
    "express": "Basic",
    "stakeholder": "Stakeholder",
    "advanced": "Basic + Test Plans",
    "professional": "Visual Studio Professional subscription",
    "earlyAdopter": "Early adopter",
    "none": "None",
}
"""The account licences that can be given, with the names that the service shows."""
_KIND = "azure_devops.entitlement"


class Entitlements:
    """Reads and writes them by the person's id; the caller of a change holds the transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def licence(self, person: str) -> str:
        """A key of LICENCES."""
        row = self._store.get(_KIND, person)
        return str(row["licence"]) if row else "express"

    def is_gone(self, person: str) -> bool:
        """Whether somebody took the person out."""
        row = self._store.get(_KIND, person)
        return bool(row and row.get("gone"))

    def give(self, person: str, licence: str) -> None:
        """Let the person be in with this licence."""
        self._store.put(_KIND, person, {"licence": licence})

    def take(self, person: str) -> None:
        """Take the person out."""
        self._store.put(_KIND, person, {"licence": self.licence(person), "gone": True})
