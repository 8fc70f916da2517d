"""What Cache@2 keeps: archives beside the store, and a row for each with its fingerprint and scope.

Source: Learn "Pipeline caching": a cache belongs to a pipeline and to the branch that made it, never changes, and is
deleted after seven days without use.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from pathlib import Path

from simulator.azure_devops.organization import Organization, Row, number_key
from simulator.azure_devops.pipelines.cache_keys import matches

KIND = "azure_devops.pipeline_cache"
UNUSED_SECONDS = 7 * 86400.0


class Caches:
    """The caches of one pipeline."""

    def __init__(self, organization: Organization, definition: int) -> None:
        self._organization, self._kernel = organization, organization.kernel
        self._definition = definition
        self._directory = self._kernel.store.directory / "azure_devops" / "caches"

    def find(self, scopes: Sequence[str], fingerprints: Sequence[Sequence[str]]) -> Row | None:
        """The cache of the first fingerprint that has one, in the first scope that has it; of several the newest."""
        there = [row for row in self._listed() if row["used"] + UNUSED_SECONDS > self._kernel.clock.now()]
        for wanted in fingerprints:
            for scope in scopes:
                fitting = (
                    row
                    for row in reversed(there)
                    if row["scope"] == scope and matches(wanted, row["fingerprint"])
                )
                if (found := next(fitting, None)) is not None:
                    return found
        return None

    def use(self, row: Row) -> Path:
        """The archive of a cache, which is thereby used."""
        self._save({**row, "used": self._kernel.clock.now()})
        return self.path(row)

    async def keep(self, scope: str, fingerprint: Sequence[str], archive: Path, run: int) -> Row:
        """A new cache out of an archive, which is moved; those that nobody used are deleted."""
        now = self._kernel.clock.now()
        row: Row = {
            "id": self._organization.next_number("pipeline cache"),
            "definition": self._definition,
            "scope": scope,
            "fingerprint": list(fingerprint),
            "created": now,
            "used": now,
            "run": run,
            "size": (await asyncio.to_thread(archive.stat)).st_size,
        }
        self._directory.mkdir(parents=True, exist_ok=True)
        await asyncio.to_thread(shutil.move, archive, self.path(row))
        with self._kernel.store.transaction():
            self._forget_unused(now)
            self._save(row)
            detail = {"run": run, "scope": scope, "fingerprint": "|".join(fingerprint), "bytes": row["size"]}
            self._kernel.log.record("PipelineCacheSaved", f"pipeline {self._definition}", detail)
        return row

    def path(self, row: Row) -> Path:
        """Where its archive is."""
        return self._directory / f"{row['id']}.tar"

    def _listed(self) -> list[Row]:
        return [row for _, row in self._kernel.store.scan(KIND, f"{number_key(self._definition)}/")]

    def _save(self, row: Row) -> None:
        self._kernel.store.put(KIND, self._key(row), row)

    def _key(self, row: Row) -> str:
        return f"{number_key(self._definition)}/{number_key(row['id'])}"

    def _forget_unused(self, now: float) -> None:
        for row in self._listed():
            if row["used"] + UNUSED_SECONDS <= now:
                self._kernel.store.delete(KIND, self._key(row))
                self.path(row).unlink(missing_ok=True)


def scopes_of(values: dict[str, str], default_branch: str) -> list[str]:
    """The branches that a run may read caches of, its own first: that one it writes.

    A run for a pull request has the branch of the merge for its own, and reads those of source and target.
    """
    names = ("build.sourcebranch", "system.pullrequest.sourcebranch", "system.pullrequest.targetbranch")
    found = [values.get(name, "") for name in names]
    return list(dict.fromkeys(branch for branch in (*found, default_branch) if branch))
