"""The security groups of projects and of the organization, and who is in which: rows.

People, teams, groups and build services are members by their ids. What the topology says of memberships follows the
topology at each start, but for those that somebody took away since.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from simulator.azure_devops.identities import Identity, descriptor_of, group_descriptor, stable_id
from simulator.kernel.store import Store

Row = dict[str, Any]

PROJECT_GROUPS = {
    "Project Administrators": "Members of this group can perform all operations in the team project.",
    "Build Administrators": "Members of this group can create, modify and delete build definitions and manage"
    " queued and completed builds.",
    "Release Administrators": "Members of this group can perform all operations on Release Management.",
    "Contributors": "Members of this group can add, modify, and delete items within the team project.",
    "Readers": "Members of this group have access to the team project.",
    "Endpoint Administrators": "Members of this group should include accounts for people who should be able to manage"
    " all the service connections.",
    "Endpoint Creators": "Members of this group should include accounts for people who should be able to create"
    " service connections.",
    "Project Valid Users": "Members of this group have access to the team project.",
}
COLLECTION_GROUPS = {
    "Project Collection Administrators": "Members of this application group can perform all privileged operations on"
    " the Team Project Collection.",
    "Project Collection Valid Users": "This application group contains all users and groups that have access to the"
    " Team Project Collection.",
}
ADMINISTRATORS, VALID_USERS = COLLECTION_GROUPS

_GROUP = "azure_devops.security_group"
_UP = "azure_devops.member_of"
_DOWN = "azure_devops.has_member"


def group_id(project: str, name: str) -> str:
    """The id of a group that every project has (of the organization where `project` is empty)."""
    return stable_id("group", project or "organization", name)


class Groups:
    """Reads and writes them; the caller of a change holds the transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> list[Row]:
        """Every group: `id`, `project` (empty: the organization's), `name`, `description`, `ours` for the built-in."""
        return [row for _, row in self._store.scan(_GROUP)]

    def find(self, identifier: str) -> Row | None:
        """The group of that id."""
        return self._store.get(_GROUP, identifier)

    def save(self, row: Row) -> None:
        """Keep a group."""
        self._store.put(_GROUP, row["id"], row)

    def delete(self, identifier: str) -> None:
        """Remove a group, from all that it was in too."""
        self._store.delete(_GROUP, identifier)
        for other in self.members(identifier):
            self._forget(other, identifier)
        for _, row in self._store.scan(_UP, f"{identifier}/"):
            self._forget(identifier, row["container"])

    def members(self, container: str) -> list[str]:
        """The ids of its direct members, in order."""
        rows = [row for _, row in self._store.scan(_DOWN, f"{container}/")]
        return [row["member"] for row in rows if not row.get("gone")]

    def containers(self, member: str) -> list[str]:
        """The ids of what the member is directly in."""
        rows = [row for _, row in self._store.scan(_UP, f"{member}/")]
        return [row["container"] for row in rows if not row.get("gone")]

    def around(self, member: str) -> frozenset[str]:
        """The ids of all that the member is in, directly or not."""
        found: set[str] = set()
        left = [member]
        while left:
            news = set(self.containers(left.pop())) - found
            found |= news
            left += news
        return frozenset(found)

    def inside(self, container: str) -> frozenset[str]:
        """The ids of everybody and everything in it, directly or not."""
        found: set[str] = set()
        left = [container]
        while left:
            news = set(self.members(left.pop())) - found
            found |= news
            left += news
        return frozenset(found)

    def add(self, member: str, container: str) -> None:
        """Put a member in."""
        self._keep({"member": member, "container": container})

    def remove(self, member: str, container: str) -> None:
        """Take a member out; what the topology said is remembered as taken away."""
        row = self._store.get(_UP, f"{member}/{container}")
        if row and row.get("topology"):
            self._keep({**row, "gone": True})
        else:
            self._forget(member, container)

    def follow(self, wanted: Iterable[tuple[str, str]]) -> None:
        """Let the memberships that come from the topology be the pairs (member, container) that it says now."""
        pairs = set(wanted)
        for _, row in self._store.scan(_UP):
            pair = (row["member"], row["container"])
            if row.get("topology") and pair not in pairs:
                self._forget(*pair)
        for member, container in sorted(pairs):
            if self._store.get(_UP, f"{member}/{container}") is None:
                self._keep({"member": member, "container": container, "topology": True})

    def descriptors(self, who: Identity) -> frozenset[str]:
        """The descriptors, in lower case, of somebody and of all groups around them."""
        every = self.around(who.id) | ({group_id("", VALID_USERS)} if who.id else frozenset())
        return frozenset((descriptor_of(who).lower(), *(group_descriptor(each).lower() for each in every)))

    def _keep(self, row: Row) -> None:
        self._store.put(_UP, f"{row['member']}/{row['container']}", row)
        self._store.put(_DOWN, f"{row['container']}/{row['member']}", row)

    def _forget(self, member: str, container: str) -> None:
        self._store.delete(_UP, f"{member}/{container}")
        self._store.delete(_DOWN, f"{container}/{member}")
