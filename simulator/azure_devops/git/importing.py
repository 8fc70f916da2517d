"""Import requests as they are carried out: an operation of the organization that survives the end of the process."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from simulator.azure_devops.git.lineage import bring, fork
from simulator.azure_devops.git.program import GitFailed
from simulator.azure_devops.git.refs import RefWatch
from simulator.azure_devops.organization import REPOSITORY, Organization, Row, number_key
from simulator.kernel.errors import CallerError

KIND = "azure_devops.git_import"
WORK = "importRepository"


class Imports:
    """The import requests of the organization: rows by repository and number."""

    def __init__(self, organization: Organization, refs: RefWatch) -> None:
        self._organization, self._refs, self._store = organization, refs, organization.kernel.store

    def of(self, repository: str) -> list[Row]:
        """The requests of a repository, by number."""
        return [row for _, row in self._store.scan(KIND, f"{repository}/")]

    def find(self, repository: str, number: str) -> Row | None:
        """The request of that number."""
        return self._store.get(KIND, _key(repository, number)) if number.isdecimal() else None

    def save(self, repository: str, request: Row) -> None:
        """Write a request."""
        self._store.put(KIND, _key(repository, request["id"]), request)

    async def carry_out(self, detail: dict[str, Any]) -> None:
        """Bring branches, tags and default branch over; bears to be done again, and to find itself abandoned."""
        identifier = str(detail["repository"])
        request, row = self.find(identifier, str(detail["request"])), self._store.get(REPOSITORY, identifier)
        if request is None or row is None or request["status"] != "queued":
            return
        try:
            branch = await self._bring(request["url"], str(detail["parent"]), self._refs.path(row))
        except (CallerError, GitFailed) as failed:
            told = failed.message if isinstance(failed, CallerError) else failed.error.strip()
            self.save(identifier, {**request, "status": "failed", "error": told})
            return
        async with self._refs.lock(row):
            row = {**row, "defaultBranch": branch or row["defaultBranch"]}
            self._organization.save(REPOSITORY, row)
            await self._refs.point_head(row)
            await self._refs.observe(row, request["by"])
        self.save(identifier, {**request, "status": "completed"})

    async def _bring(self, url: str, parent: str, place: Path) -> str:
        """Copy what the source holds, a repository of ours or one of an allowed host; its default branch."""
        if not parent:
            return await bring(self._organization.kernel.outbound.origin(url) + urlsplit(url).path, place)
        source = self._organization.repository(parent)
        await fork(self._refs.path(source), place)
        return str(source["defaultBranch"])


def _key(repository: str, number: str | int) -> str:
    return f"{repository}/{number_key(number)}"
