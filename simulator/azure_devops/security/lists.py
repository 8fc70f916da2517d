"""The access control lists of the organization: rows by namespace and token."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Any

from simulator.azure_devops.security.evaluation import AccessControlList, Bits, effective, lineage
from simulator.azure_devops.security.namespaces import BUILD, Namespace
from simulator.kernel.store import Store

Row = dict[str, Any]

_KIND = "azure_devops.access_control_list"


class AccessControlLists:
    """Reads and writes them; the caller of a change holds the transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def read(self, space: Namespace, token: str) -> Row:
        """The list of a token: `token` as it was first written, `inheritPermissions`, `entries` by descriptor."""
        empty = {"token": token, "inheritPermissions": True, "entries": {}}
        return self._store.get(_KIND, _key(space, token)) or empty

    def write(self, space: Namespace, row: Row) -> None:
        """Keep a list."""
        self._store.put(_KIND, _key(space, row["token"]), row)

    def remove(self, space: Namespace, token: str) -> bool:
        """Remove a list; whether there was one."""
        return self._store.delete(_KIND, _key(space, token))

    def of(self, space: Namespace, token: str = "", below: bool = False) -> list[Row]:
        """The lists of a namespace: all, that of `token`, or those of it and of all `below` it."""
        every = [row for _, row in self._store.scan(_KIND, f"{space.id}|")]
        if not token:
            return every
        wanted = lineage(token, space.separator)[0]
        return [row for row in every if _fits(lineage(row["token"], space.separator), wanted, below)]

    def grant(self, space: Namespace, token: str, descriptor: str, allow: int) -> None:
        """Allow more to somebody on a token."""
        row = self.read(space, token)
        held = row["entries"].get(descriptor, {"allow": 0, "deny": 0})
        row["entries"][descriptor] = {"allow": held["allow"] | allow, "deny": held["deny"] & ~allow}
        self.write(space, row)

    def rename(self, old: str, new: str) -> None:
        """Let the entries of one descriptor be those of another."""
        for key, row in self._store.scan(_KIND):
            if old in row["entries"]:
                row["entries"][new] = row["entries"].pop(old)
                self._store.put(_KIND, key, row)

    def plain(self, space: Namespace, token: str) -> AccessControlList:
        """The list of a token that is in the form in which tokens are compared."""
        row = self._store.get(_KIND, f"{space.id}|{token}")
        if row is None:
            return AccessControlList()
        entries = {name.lower(): Bits(each["allow"], each["deny"]) for name, each in row["entries"].items()}
        return AccessControlList(entries, row["inheritPermissions"])


class Reading:
    """The lists of one namespace as they are in one moment: each is read once."""

    def __init__(self, lists: AccessControlLists, space: Namespace) -> None:
        self._lists, self._space = lists, space
        self._read: dict[str, AccessControlList] = {}

    def effective(self, token: str, who: AbstractSet[str], administrators: AbstractSet[str]) -> Bits:
        """What somebody may do; administrators of the organization have no way past a deny of pipelines."""
        found = self._line(_lineage(self._space, token))
        return effective(found, who, frozenset() if self._space.id == BUILD else administrators)

    def above(self, token: str, who: AbstractSet[str]) -> Bits:
        """What somebody inherits on a token from those above it."""
        line = _lineage(self._space, token)
        return effective(self._line(line[1:]), who) if self._line(line)[0].inherits else Bits()

    def _line(self, tokens: tuple[str, ...]) -> list[AccessControlList]:
        for each in tokens:
            if each not in self._read:
                self._read[each] = self._lists.plain(self._space, each)
        return [self._read[each] for each in tokens]


def _lineage(space: Namespace, token: str) -> tuple[str, ...]:
    return lineage(token, space.separator)


def _key(space: Namespace, token: str) -> str:
    return f"{space.id}|{_lineage(space, token)[0]}"


def _fits(held: tuple[str, ...], wanted: str, below: bool) -> bool:
    return wanted in held if below else held[0] == wanted
