"""Operations that clients poll: queued with a fact, carried out by a reader of the log, so that a crash loses none."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from simulator.azure_devops.organization import Organization, Row
from simulator.kernel.errors import CallerError
from simulator.kernel.facts import Fact

KIND = "azure_devops.operation"
_QUEUED = "OperationQueued"

Work = Callable[[dict[str, Any]], Awaitable[None]]


class Operations:
    """The rows, and what each kind of work is. The work may come twice after a crash and must bear it."""

    def __init__(self, organization: Organization, works: Mapping[str, Work]) -> None:
        self._kernel, self._works = organization.kernel, works

    def queue(self, work: str, detail: dict[str, Any]) -> Row:
        """A new operation, not begun; belongs in the transaction that accepts the request."""
        row = {
            "id": self._kernel.ids.uuid(),
            "work": work,
            "detail": detail,
            "status": "queued",
            "message": "",
        }
        self._kernel.store.put(KIND, str(row["id"]), row)
        self._kernel.log.record(_QUEUED, f"{work} {detail.get('name', '')}", {"operation": row["id"]})
        return row

    def find(self, identifier: str) -> Row | None:
        """The operation of that id."""
        return self._kernel.store.get(KIND, identifier.lower())

    async def on_fact(self, fact: Fact) -> None:
        """A consumer of the log: carry out what was queued."""
        if fact.kind != _QUEUED:
            return
        row = self._kernel.store.get(KIND, fact.detail["operation"])
        if row is None or row["status"] in ("succeeded", "failed"):
            return
        self._put(row, "inProgress")
        try:
            await self._works[row["work"]](row["detail"])
        except CallerError as error:
            self._put(row, "failed", error.message)
        else:
            self._put(row, "succeeded")

    def _put(self, row: Row, status: str, message: str = "") -> None:
        self._kernel.store.put(KIND, row["id"], {**row, "status": status, "message": message})
