"""Personal access tokens that people make by REST: what each may do, how long it is good, and who it proves.

The text of a token is shown once, when it is made; the row keeps its digest. `validTo` counts virtual time.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.organization import Organization, Row

_KIND = "azure_devops.personal_access_token"
_BY_DIGEST = "azure_devops.personal_access_token_digest"
_LONGEST = timedelta(days=365)
_DEFAULT = timedelta(days=30)


class PersonalTokens:
    """The rows of one organization."""

    def __init__(self, organization: Organization) -> None:
        self._kernel = organization.kernel
        self._store = organization.kernel.store

    def of(self, person: str) -> list[Row]:
        """A person's tokens in the order of their making, revoked ones too."""
        rows = [row for _, row in self._store.scan(_KIND) if row["person"] == person]
        return sorted(rows, key=lambda row: (row["validFrom"], row["id"]))

    def find(self, person: str, identifier: str) -> Row | None:
        """A person's token by its authorization id."""
        row = self._store.get(_KIND, identifier.lower())
        return row if row and row["person"] == person else None

    def by_text(self, token: str) -> Row | None:
        """The row of a token's text, whatever has become of it."""
        found = self._store.get(_BY_DIGEST, _digest(token))
        return self._store.get(_KIND, found["id"]) if found else None

    def make(self, person: str, given: dict[str, Any]) -> tuple[Row, str]:
        """A new token and its text; 52 characters of base 32, as the service's."""
        text = base64.b32encode(bytes.fromhex(self._kernel.ids.hex(66))).decode().lower()[:52]
        now = self._kernel.clock.datetime()
        row: Row = {"id": self._kernel.ids.uuid(), "person": person, "validFrom": _iso(now), "revoked": False}
        row |= {"displayName": "", "scope": "app_token", "validTo": _iso(now + _DEFAULT), "allOrgs": False}
        row |= self._changed(given)
        with self._store.transaction():
            self._store.put(_KIND, row["id"], row)
            self._store.put(_BY_DIGEST, _digest(text), {"id": row["id"]})
            self._kernel.log.record("PersonalAccessTokenCreated", row["id"], _told(row))
        return row, text

    def update(self, row: Row, given: dict[str, Any]) -> Row:
        """Change name, scope, expiry; a revoked token stays as it is."""
        if row["revoked"]:
            raise failure("TokenNotFoundException", id=row["id"])
        changed = row | self._changed(given)
        with self._store.transaction():
            self._store.put(_KIND, row["id"], changed)
            self._kernel.log.record("PersonalAccessTokenUpdated", row["id"], _told(changed))
        return changed

    def revoke(self, row: Row) -> None:
        """From now on the token is refused."""
        with self._store.transaction():
            self._store.put(_KIND, row["id"], {**row, "revoked": True})
            self._kernel.log.record("PersonalAccessTokenRevoked", row["id"], _told(row))

    def expired(self, row: Row) -> bool:
        """Whether its time has come."""
        return datetime.fromisoformat(row["validTo"]) <= self._kernel.clock.datetime()

    def _changed(self, given: dict[str, Any]) -> Row:
        """What a request sets, in the row's form."""
        changed: Row = {
            name: str(given[name]) for name in ("displayName", "scope") if given.get(name) is not None
        }
        if given.get("allOrgs") is not None:
            changed["allOrgs"] = bool(given["allOrgs"])
        if given.get("validTo") is not None:
            changed["validTo"] = self._until(str(given["validTo"]))
        return changed

    def _until(self, text: str) -> str:
        now = self._kernel.clock.datetime()
        try:
            wanted = datetime.fromisoformat(text)
            wanted = (wanted if wanted.tzinfo else wanted.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise invalid(f"The value '{text}' of validTo is not a date.") from error
        if not now < wanted <= now + _LONGEST:
            raise invalid("The value of validTo must be in the future and at most 365 days away.")
        return _iso(wanted)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _iso(moment: datetime) -> str:
    return moment.isoformat()


def _told(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in ("person", "displayName", "scope", "validTo")}
