"""The rows of pull requests: found, changed one member at a time, every change a fact."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from simulator.azure_devops.errors import failure
from simulator.azure_devops.git.refs import NO_OBJECT, RefWatch
from simulator.azure_devops.organization import REPOSITORY, Organization, Row
from simulator.azure_devops.pull_requests import forks
from simulator.azure_devops.pull_requests.gate import Gate, Open

PULL_REQUEST = "azure_devops.pull_request"
HEADS = "refs/heads/"


def merge_ref(row: Row) -> str:
    """The ref that holds what merging would give; a build of the pull request checks it out."""
    return f"refs/pull/{row['id']}/merge"


class PullRequestRows:
    """The pull requests of the organization. `gate` is what the branch policies say."""

    def __init__(self, organization: Organization, refs: RefWatch) -> None:
        self.organization, self.refs, self.kernel = organization, refs, organization.kernel
        self.gate: Gate = Open()
        self._locks: dict[int, asyncio.Lock] = {}

    def lock(self, row: Row) -> asyncio.Lock:
        """Held while a pull request is brought up to date with its branches."""
        return self._locks.setdefault(row["id"], asyncio.Lock())

    def find(self, number: str | int) -> Row:
        """The pull request of that number; TF401180 when there is none."""
        row = self.organization.numbered(PULL_REQUEST, number)
        if row is None:
            raise failure("GitPullRequestNotFoundException")
        return row

    def all(self) -> list[Row]:
        """Every pull request of a repository that is still there, the newest first."""
        there = {row["id"] for row in self.organization.rows(REPOSITORY)}
        found = [row for row in self.organization.rows(PULL_REQUEST) if row["repository"] in there]
        return sorted(found, key=lambda row: -row["id"])

    def active(self, repository: str) -> list[Row]:
        """The active pull requests of a repository (its id), the newest first."""
        return [row for row in self.all() if (row["repository"], row["status"]) == (repository, "active")]

    def repository(self, row: Row) -> Row:
        """The repository that a pull request belongs to."""
        return self.organization.repository(row["repository"])

    def add(self, row: Row, by: str) -> None:
        """Write a new pull request."""
        with self.kernel.store.transaction():
            self.organization.save(PULL_REQUEST, row)
            self.kernel.log.record("PullRequestCreated", str(row["id"]), self.told(row, by))

    def change(self, row: Row, what: str, by: str, **changes: Any) -> Row:
        """Change members of the row as it is now; `what` names the change in the fact `PullRequestUpdated`."""
        with self.kernel.store.transaction():
            now = {**self.find(row["id"]), **changes}
            self.organization.save(PULL_REQUEST, now)
            detail = {**self.told(now, by), "what": what}
            self.kernel.log.record("PullRequestUpdated", str(now["id"]), detail)
        return now

    def told(self, row: Row, by: str) -> Row:
        """What every fact of a pull request says."""
        repository = self.repository(row)
        return {
            "pullRequestId": row["id"],
            "project": self.organization.project(repository["project"])["name"],
            "repository": repository["name"],
            "repositoryId": repository["id"],
            "source": row["source"],
            "target": row["target"],
            "by": by,
        }

    async def tips(self, row: Row) -> tuple[str, str]:
        """The commits of source and target now (forty zeros: the branch is gone)."""
        source = await forks.source_tip(self.organization, self.refs, row)
        refs = await self.refs.read(self.repository(row))
        return source, refs.get(row["target"], NO_OBJECT)

    def moved_by(self, repository: str, name: str) -> list[Row]:
        """The active pull requests that a ref of a repository (its id) is source or target of."""
        return [
            row
            for row in self.all()
            if row["status"] == "active"
            and (repository, name)
            in ((row.get("fork") or row["repository"], row["source"]), (row["repository"], row["target"]))
        ]


def newest(rows: Iterable[Row]) -> Row:
    """The iteration with the highest number."""
    return max(rows, key=lambda row: int(row["id"]))
