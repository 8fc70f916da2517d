"""Pull requests: rows, and completing one by a real merge of source into target."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.git import objects
from simulator.azure_devops.git.objects import Signature
from simulator.azure_devops.git.refs import NO_OBJECT, RefWatch
from simulator.azure_devops.git.writing import Merged, RefStale, commit_tree, merge_trees, update_ref
from simulator.azure_devops.identities import Identity
from simulator.azure_devops.organization import Organization, Row
from simulator.azure_devops.shapes import mapping

PULL_REQUEST = "azure_devops.pull_request"
STRATEGIES = ("noFastForward", "squash")


class PullRequests:
    """The pull requests of the organization."""

    def __init__(self, organization: Organization, refs: RefWatch) -> None:
        self._organization, self._refs, self._kernel = organization, refs, organization.kernel

    def find(self, number: str) -> Row:
        """The pull request of that number; TF401180 when there is none."""
        row = self._organization.numbered(PULL_REQUEST, number)
        if row is None:
            raise failure("GitPullRequestNotFoundException")
        return row

    def of(self, repositories: set[str], status: str) -> list[Row]:
        """The pull requests of repositories (ids) in a status (`all`), the newest first."""
        rows = self._organization.rows(PULL_REQUEST)
        found = [r for r in rows if r["repository"] in repositories and status in ("all", r["status"])]
        return sorted(found, key=lambda row: -row["id"])

    async def create(self, repository: Row, author: Identity, given: dict[str, Any]) -> Row:
        """A new, active pull request; TF401179 when the two branches have one."""
        source, target = str(given.get("sourceRefName", "")), str(given.get("targetRefName", ""))
        refs = await self._refs.read(repository)
        for name in (source, target):
            if name not in refs:
                shown = name.removeprefix("refs/heads/")
                raise failure(
                    "GitUnresolvableToCommitException",
                    kind="Branch",
                    version=shown,
                    repository=repository["name"],
                )
        if source == target:
            raise invalid("The source and the target branch of a pull request must be different.")
        for row in self.of({repository["id"]}, "active"):
            if (row["source"], row["target"]) == (source, target):
                raise failure("GitPullRequestExistsException")
        with self._kernel.store.transaction():
            row = {
                "id": self._organization.next_number("pull_request"),
                "repository": repository["id"],
                "source": source,
                "target": target,
                "title": str(given.get("title", "")),
                "description": str(given.get("description", "")),
                "isDraft": bool(given.get("isDraft", False)),
                "status": "active",
                "createdBy": author.name,
                "created": self._kernel.clock.iso(),
                "completionOptions": {},
            }
            self._organization.save(PULL_REQUEST, row)
            detail = {"repository": repository["name"], "source": source, "target": target, "by": author.name}
            self._kernel.log.record("PullRequestCreated", str(row["id"]), detail)
        return row

    async def tips(self, row: Row, repository: Row) -> tuple[str, str]:
        """The commits of source and target now (forty zeros: the branch is gone)."""
        refs = await self._refs.read(repository)
        return refs.get(row["source"], NO_OBJECT), refs.get(row["target"], NO_OBJECT)

    async def attempt(self, row: Row, repository: Row) -> Merged:
        """What merging would give now."""
        source, target = await self.tips(row, repository)
        if NO_OBJECT in (source, target):
            return Merged("", ("(a branch is gone)",))
        return await merge_trees(self._refs.path(repository), target, source)

    def edit(self, row: Row, given: dict[str, Any]) -> Row:
        """Change title, description, draft state or target; abandon or reactivate."""
        if row["status"] == "completed":
            raise failure("GitPullRequestCannotBeActivated")
        names = {"title": "title", "description": "description", "isDraft": "isDraft", "status": "status"}
        changed = {**row, **{own: given[name] for name, own in names.items() if name in given}}
        changed["completionOptions"] = {**row["completionOptions"], **mapping(given, "completionOptions")}
        self._organization.save(PULL_REQUEST, changed)
        return changed

    async def complete(self, row: Row, repository: Row, by: Identity, given: dict[str, Any]) -> Row:
        """Merge the source into the target, as the strategy says, and record it; conflicts are refused."""
        options = {**row["completionOptions"], **mapping(given, "completionOptions")}
        strategy = options.get("mergeStrategy") or (
            "squash" if options.get("squashMerge") else "noFastForward"
        )
        if strategy not in STRATEGIES:
            raise invalid(
                f"The merge strategy '{strategy}' is not simulated. Expected one of {', '.join(STRATEGIES)}."
            )
        if row["status"] != "active":
            raise failure("GitPullRequestCannotBeActivated")
        async with self._refs.lock(repository):
            source, target = await self.tips(row, repository)
            seen = str(mapping(given, "lastMergeSourceCommit").get("commitId", ""))
            if seen != source:
                raise failure("GitPullRequestStaleException", commit=source)
            merged = await self.attempt(row, repository)
            if merged.conflicts:
                raise failure("GitPullRequestMergeConflictException", paths=", ".join(merged.conflicts))
            message = options.get("mergeCommitMessage") or f"Merged PR {row['id']}: {row['title']}"
            done = await self._merge(row, repository, by, merged, (target, source), strategy, message)
            if options.get("deleteSourceBranch"):
                await update_ref(self._refs.path(repository), row["source"], NO_OBJECT, source)
            self._record(done, repository, by, options)
            await self._refs.observe(repository, by.name)
        return done

    async def _merge(
        self,
        row: Row,
        repository: Row,
        by: Identity,
        merged: Merged,
        tips: tuple[str, str],
        strategy: str,
        message: str,
    ) -> Row:
        target, source = tips
        path = self._refs.path(repository)
        author = Signature(by.display, by.unique_name, self._kernel.clock.iso())
        parents = (target,) if strategy == "squash" else (target, source)
        commit = await commit_tree(path, merged.tree, parents, message, author)
        try:
            await update_ref(path, row["target"], commit, target)
        except RefStale as stale:
            raise failure("GitReferenceStaleException", name=row["target"]) from stale
        return {**row, "mergeCommit": commit, "sourceCommit": source, "targetCommit": target}

    def _record(self, row: Row, repository: Row, by: Identity, options: dict[str, Any]) -> None:
        with self._kernel.store.transaction():
            closed = {"status": "completed", "closedBy": by.name, "closed": self._kernel.clock.iso()}
            row.update(closed, completionOptions=options)
            self._organization.save(PULL_REQUEST, row)
            detail = {"repository": repository["name"], "commit": row["mergeCommit"], "by": by.name}
            self._kernel.log.record("PullRequestCompleted", str(row["id"]), detail)


async def commits_between(refs: RefWatch, repository: Row, source: str, target: str) -> list[objects.Commit]:
    """The commits that a pull request brings."""
    if NO_OBJECT in (source, target):
        return []
    return await objects.log(refs.path(repository), source, exclude=target)
