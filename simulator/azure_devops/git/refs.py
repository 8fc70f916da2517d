"""What the refs of a repository were when last seen, and the fact that each change becomes: no push is lost."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import dataclass
from pathlib import Path

from simulator.azure_devops.git.program import git
from simulator.azure_devops.organization import REPOSITORY, Organization, Row
from simulator.azure_devops.security import tokens
from simulator.azure_devops.security.defaults import BRANCH_MAKER
from simulator.azure_devops.security.namespaces import GIT, known

NO_OBJECT = "0" * 40
OWN_REFS = "refs/pull/"

_SEEN = "azure_devops.refs"
_PUSH = "azure_devops.push"
REF_UPDATED = "RefUpdated"

_CONFIGURATION = """\
[core]
	repositoryformatversion = 0
	filemode = true
	bare = true
	logAllRefUpdates = false
	bigFileThreshold = 1m
[http]
	receivepack = true
[uploadpack]
	allowFilter = true
	allowAnySHA1InWant = true
[receive]
	advertisePushOptions = true
[gc]
	auto = 0
"""


@dataclass(frozen=True)
class RefUpdate:
    """One ref that changed; forty zeros stand for a ref that is not there."""

    name: str
    old: str
    new: str


def changes(before: dict[str, str], after: dict[str, str]) -> list[RefUpdate]:
    """What changed between two readings of the refs; what the service keeps for itself (refs/pull/) is no push."""
    return [
        RefUpdate(name, before.get(name, NO_OBJECT), after.get(name, NO_OBJECT))
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name) and not name.startswith(OWN_REFS)
    ]


def _size_bytes(path: Path) -> int:
    """What the objects of a bare repository take on disk."""
    folder = path / "objects"
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) if folder.is_dir() else 0


class RefWatch:
    """The bare repositories of the organization and the refs that were last seen in them."""

    def __init__(self, organization: Organization) -> None:
        self._organization = organization
        self._kernel = organization.kernel
        self._locks: dict[str, asyncio.Lock] = {}
        self._sizes: dict[str, tuple[dict[str, str], int]] = {}

    def path(self, repository: Row) -> Path:
        """The bare repository's directory."""
        return self._kernel.store.directory / "git" / f"{repository['id']}.git"

    def lock(self, repository: Row) -> asyncio.Lock:
        """Held while refs are changed and while they are read to be compared."""
        return self._locks.setdefault(repository["id"], asyncio.Lock())

    async def ensure(self, repository: Row) -> None:
        """Make the bare repository when it is not there yet."""
        path = self.path(repository)
        if not (path / "ready").exists():
            path.mkdir(parents=True, exist_ok=True)
            await git(path, "init", "--quiet", "--bare", "--initial-branch=main", "--template=")
            (path / "config").write_text(_CONFIGURATION)
            (path / "ready").touch()

    async def remove(self, repository: Row) -> None:
        """Take the bare repository and what is known of its refs away."""
        await asyncio.to_thread(shutil.rmtree, self.path(repository), ignore_errors=True)
        self._sizes.pop(repository["id"], None)
        with self._kernel.store.transaction():
            self._kernel.store.delete(_SEEN, repository["id"])
            for key, _ in self._kernel.store.scan(_PUSH, f"{repository['id']}/"):
                self._kernel.store.delete(_PUSH, key)

    async def point_head(self, repository: Row) -> None:
        """Let HEAD, which a clone checks out, be the default branch."""
        await git(self.path(repository), "symbolic-ref", "HEAD", repository["defaultBranch"])

    async def open_all(self) -> None:
        """At start: make what is missing and turn what changed while nobody looked into facts."""
        await asyncio.gather(*(self._open(repository) for repository in self._organization.rows(REPOSITORY)))

    async def _open(self, repository: Row) -> None:
        await self.ensure(repository)
        async with self.lock(repository):
            await self.observe(repository, "")

    async def read(self, repository: Row) -> dict[str, str]:
        """Ref names and the objects they point to, now."""
        output = await git(self.path(repository), "for-each-ref", "--format=%(refname) %(objectname)")
        return dict(line.split(" ", 1) for line in output.decode().splitlines())

    def seen(self, repository: Row) -> dict[str, str]:
        """The same as of the last push: what lists go by, for they cannot ask git for each repository."""
        row = self._kernel.store.get(_SEEN, repository["id"])
        return dict(row["refs"]) if row else {}

    def size_bytes(self, repository: Row) -> int:
        """What the objects of a repository take on disk, counted again when its refs have moved."""
        refs = self.seen(repository)
        known = self._sizes.get(repository["id"])
        if known is None or known[0] != refs:
            known = self._sizes[repository["id"]] = (refs, _size_bytes(self.path(repository)))
        return known[1]

    async def observe(self, repository: Row, pusher: str, options: tuple[str, ...] = ()) -> list[RefUpdate]:
        """Compare with what was last seen; each change becomes a fact. The caller holds the lock.

        `options` are the push options of the client (`git push -o ci.skip`).
        """
        after = await self.read(repository)
        with self._kernel.store.transaction():
            before = (self._kernel.store.get(_SEEN, repository["id"]) or {"refs": {}})["refs"]
            updates = changes(before, after)
            if updates:
                self._record(repository, pusher, after, updates, options)
        return updates

    def _keep_makers(self, repository: Row, pusher: str, updates: list[RefUpdate]) -> None:
        """Who makes a branch manages it, and may replace its history; with the branch its list goes."""
        rights = self._organization.rights
        for update in updates:
            token = tokens.ref(repository["project"], repository["id"], update.name)
            if not update.name.startswith("refs/heads/"):
                continue
            if update.new == NO_OBJECT:
                rights.lists.remove(known(GIT), token)
            elif update.old == NO_OBJECT and pusher:
                rights.own(self._organization.identity(pusher), GIT, token, *BRANCH_MAKER)

    def pushes(self, repository: Row) -> list[Row]:
        """The pushes of a repository, the newest first."""
        found = [row for _, row in self._kernel.store.scan(_PUSH, f"{repository['id']}/")]
        return sorted(found, key=lambda row: -row["pushId"])

    def _record(
        self,
        repository: Row,
        pusher: str,
        after: dict[str, str],
        updates: list[RefUpdate],
        options: tuple[str, ...],
    ) -> None:
        store, project = self._kernel.store, self._organization.project(repository["project"])
        number = self._organization.next_number("push")
        listed = [{"name": u.name, "oldObjectId": u.old, "newObjectId": u.new} for u in updates]
        push = {"pushId": number, "date": self._kernel.clock.iso(), "pushedBy": pusher, "refUpdates": listed}
        store.put(_PUSH, f"{repository['id']}/{number:010d}", push)
        store.put(_SEEN, repository["id"], {"refs": after})
        self._keep_makers(repository, pusher, updates)
        for update in listed:
            detail = {
                **update,
                "project": project["name"],
                "repository": repository["name"],
                "repositoryId": repository["id"],
                "pushedBy": pusher,
                "pushId": number,
                "pushOptions": list(options),
            }
            self._kernel.log.record(REF_UPDATED, f"{repository['name']} {update['name']}", detail)
