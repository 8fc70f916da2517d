"""Side tables by which rows of one kind are found in order, filtered, page by page, without reading them all."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Scalar = str | float | int
Entry = tuple[str, tuple[Scalar, ...]]
Mark = tuple[Scalar, int]


@dataclass(frozen=True)
class Index:
    """What rows of a kind are found by.

    `entry` gives a row's scope (the first key of every search) and the values of `columns`; a row for which it gives
    None is in no list. `orders` are the columns that a search may be ordered by, `equals` those that it often asks
    one value of; `usual` is the order of a search that names none.
    """

    columns: tuple[str, ...]
    entry: Callable[[str, Mapping[str, Any]], Entry | None]
    orders: tuple[str, ...]
    equals: tuple[str, ...] = ()
    usual: str = ""


@dataclass(frozen=True)
class Condition:
    """One test of a search: `operator` is one of `= != < <= > >=`, `contains` and `prefix` (without case)."""

    column: str
    operator: str
    value: Scalar


@dataclass(frozen=True)
class Search:
    """Which rows, in which order, from which on. `after` is the mark of the last row of the page before."""

    scope: str
    conditions: tuple[Condition, ...] = ()
    order: str = ""
    descending: bool = False
    after: Mark | None = None
    limit: int = 100


@dataclass
class Indexes:
    """The side tables of one database. A table is made, and filled from the rows, when it is first needed."""

    connection: sqlite3.Connection
    ready: dict[str, Index] = field(default_factory=dict)

    def note(self, kind: str, key: str, value: Mapping[str, Any]) -> None:
        """Keep the side table in step with a row that was written."""
        if kind in _DEFINED:
            self._write(kind, self._index(kind), key, value)

    def forget(self, kind: str, key: str) -> None:
        """Keep the side table in step with a row that was removed."""
        if kind in _DEFINED:
            self._index(kind)
            self.connection.execute(f"DELETE FROM {_table(kind)} WHERE key=?", (key,))

    def search(self, kind: str, search: Search) -> list[tuple[str, Mark]]:
        """Keys and marks of the rows that a search finds, at most `limit`."""
        index = self._index(kind)
        order = search.order or index.usual
        clauses, values = ["scope=?"], list[Scalar]([search.scope])
        for condition in search.conditions:
            clause, value = _clause(condition, order)
            clauses.append(clause)
            values.append(value)
        if search.after is not None:
            sign = "<" if search.descending else ">"
            clauses.append(f"({_column(order)}, id) {sign} (?, ?)")
            values.extend(search.after)
        way = "DESC" if search.descending else "ASC"
        found = self.connection.execute(
            f"SELECT key, {_column(order)}, id FROM {_table(kind)} WHERE {' AND '.join(clauses)}"
            f" ORDER BY {_column(order)} {way}, id {way} LIMIT {int(search.limit)}",
            values,
        )
        return [(key, (value, number)) for key, value, number in found]

    def _write(self, kind: str, index: Index, key: str, value: Mapping[str, Any]) -> None:
        entry = index.entry(key, value)
        if entry is None:
            self.connection.execute(f"DELETE FROM {_table(kind)} WHERE key=?", (key,))
            return
        scope, columns = entry
        names = ["scope", *map(_column, index.columns)]
        changed = ", ".join(f"{name}=excluded.{name}" for name in names)
        self.connection.execute(
            f"INSERT INTO {_table(kind)} (key, {', '.join(names)}) VALUES (?{', ?' * len(names)})"
            f" ON CONFLICT (key) DO UPDATE SET {changed}",
            (key, scope, *columns),
        )

    def _index(self, kind: str) -> Index:
        """The kind's index, its side table in place."""
        if kind not in self.ready:
            index = _DEFINED[kind]()
            wanted = ["id", "key", "scope", *(f"c_{name}" for name in index.columns)]
            present = [row[1] for row in self.connection.execute(f"PRAGMA table_info({_table(kind)})")]
            if present != wanted:
                self._make(kind, index)
            self.ready[kind] = index
        return self.ready[kind]

    def _make(self, kind: str, index: Index) -> None:
        table, columns = _table(kind), ", ".join(f"{_column(name)} NOT NULL" for name in index.columns)
        self.connection.execute(f"DROP TABLE IF EXISTS {table}")
        self.connection.execute(
            f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE,"
            f" scope TEXT NOT NULL, {columns})"
        )
        for name in index.orders:
            self._ordered(kind, name)
        for name in index.equals:
            self._ordered(kind, name, *([index.usual] if index.usual != name else []))
        rows = self.connection.execute("SELECT key, value FROM rows WHERE kind=? ORDER BY key", (kind,))
        for key, value in rows.fetchall():
            self._write(kind, index, key, json.loads(value))

    def _ordered(self, kind: str, *columns: str) -> None:
        name = f'"{kind} by {" ".join(columns)}"'
        listed = ", ".join(map(_column, columns))
        self.connection.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {_table(kind)} (scope, {listed}, id)")


_DEFINED: dict[str, Callable[[], Index]] = {}


def define(kind: str, make: Callable[[], Index]) -> None:
    """Say how rows of a kind are found, in every store; before the first of them is written in this process.

    `make` is called when the first is written or searched for.
    """
    _DEFINED[kind] = make


def is_defined(kind: str) -> bool:
    """Whether rows of the kind can be searched."""
    return kind in _DEFINED


def _table(kind: str) -> str:
    return f'"index {kind}"'


def _column(name: str) -> str:
    return f'"c_{name}"'


def _clause(condition: Condition, order: str) -> tuple[str, Scalar]:
    name = _column(condition.column)
    if condition.operator == "contains":
        return f"instr(lower({name}), ?) > 0", str(condition.value).lower()
    if condition.operator == "prefix":
        return f"substr(lower({name}), 1, {len(str(condition.value))}) = ?", str(condition.value).lower()
    if condition.operator == "=":
        return f"{name} = ?", condition.value
    # A range over another column than the order's must not lure the planner into sorting everything.
    return f"{'' if condition.column == order else '+'}{name} {condition.operator} ?", condition.value
