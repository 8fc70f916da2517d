"""Rows of JSON in SQLite, and the transaction that facts and rows share."""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from simulator.kernel.errors import StateUnreadable
from simulator.kernel.indexes import Indexes, Mark, Search

Row = dict[str, Any]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS rows (kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (kind, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS facts (sequence INTEGER PRIMARY KEY AUTOINCREMENT, time REAL NOT NULL, kind TEXT NOT NULL,
  subject TEXT NOT NULL, detail TEXT NOT NULL, cause INTEGER, account TEXT NOT NULL, region TEXT NOT NULL);
"""


FORMAT = 1
"""The form of the rows; one more with each change that an older simulator would misread."""


class Store:
    """State of both clouds. Used from the event loop only; a transaction has no `await` inside.

    With `directory=None` the state is ephemeral: it lives in a temporary directory that `close` removes.
    Raises StateUnreadable for a file that it cannot read.
    """

    def __init__(self, directory: Path | None = None) -> None:
        self.ephemeral = directory is None
        self.directory = directory or Path(tempfile.mkdtemp(prefix="simulator-"))
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = self.directory / "state.sqlite"
        file.touch(mode=0o600)  # it holds secrets; SQLite gives the files beside it the same mode
        self.connection = sqlite3.connect(file, isolation_level=None)
        self._open(file)
        self._indexes = Indexes(self.connection)
        self._depth = 0
        self._after_commit: list[Callable[[], None]] = []

    def _open(self, file: Path) -> None:
        try:
            (found,) = self.connection.execute("PRAGMA user_version").fetchone()
        except sqlite3.DatabaseError as error:
            self.connection.close()
            raise StateUnreadable(f"{file} is no state of a simulator ({error})") from error
        if found > FORMAT:
            self.connection.close()
            raise StateUnreadable(
                f"{file} has format {found} of a newer simulator; this one reads up to {FORMAT}: update it, choose"
                " another --state DIR, or forget it: simulator reset"
            )
        self.connection.execute(f"PRAGMA user_version={FORMAT}")
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute(f"PRAGMA synchronous={'OFF' if self.ephemeral else 'NORMAL'}")
        self.connection.executescript(_SCHEMA)

    def get(self, kind: str, key: str) -> Row | None:
        """The row, as a fresh copy, or None."""
        found = self.connection.execute(
            "SELECT value FROM rows WHERE kind=? AND key=?", (kind, key)
        ).fetchone()
        return json.loads(found[0]) if found else None

    def put(self, kind: str, key: str, value: Row) -> None:
        """Write the row whole; `value` must be JSON."""
        self.connection.execute(
            "INSERT INTO rows VALUES (?,?,?) ON CONFLICT (kind, key) DO UPDATE SET value=excluded.value",
            (kind, key, json.dumps(value)),
        )
        self._indexes.note(kind, key, value)

    def delete(self, kind: str, key: str) -> bool:
        """Remove the row; says whether there was one."""
        self._indexes.forget(kind, key)
        return self.connection.execute("DELETE FROM rows WHERE kind=? AND key=?", (kind, key)).rowcount > 0

    def scan(self, kind: str, prefix: str = "") -> list[tuple[str, Row]]:
        """The rows of a kind whose key starts with `prefix`, ordered by key."""
        found = self.connection.execute(
            "SELECT key, value FROM rows WHERE kind=? AND key>=? AND key<? ORDER BY key",
            (kind, prefix, prefix + "\U0010ffff"),
        )
        return [(key, json.loads(value)) for key, value in found]

    def count(self, kind: str, prefix: str = "") -> int:
        """How many rows `scan` would give."""
        found = self.connection.execute(
            "SELECT COUNT(*) FROM rows WHERE kind=? AND key>=? AND key<?",
            (kind, prefix, prefix + "\U0010ffff"),
        )
        return int(found.fetchone()[0])

    def holds(self, kinds: str) -> bool:
        """Whether there is a row of a kind whose name starts with `kinds`."""
        found = self.connection.execute(
            "SELECT 1 FROM rows WHERE kind>=? AND kind<? LIMIT 1", (kinds, kinds + "\U0010ffff")
        )
        return found.fetchone() is not None

    def search(self, kind: str, search: Search) -> list[tuple[str, Row, Mark]]:
        """Rows of a kind that has an index, filtered, in order, from a mark on; see `indexes.define`."""
        found = self._indexes.search(kind, search)
        return [(key, self.get(kind, key) or {}, mark) for key, mark in found]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: rows and facts written inside commit together at the outermost exit."""
        if self._depth == 0:
            self.connection.execute("BEGIN")
        self._depth += 1
        try:
            yield
        except BaseException:
            self._depth -= 1
            if self._depth == 0:
                self._after_commit.clear()
                self.connection.execute("ROLLBACK")
                self._indexes.ready.clear()  # a side table may have been made inside
            raise
        self._depth -= 1
        if self._depth == 0:
            self.connection.execute("COMMIT")
            callbacks, self._after_commit = self._after_commit, []
            for callback in callbacks:
                callback()

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Call `callback` when what is written now is durable; at once outside a transaction."""
        if self._depth:
            self._after_commit.append(callback)
        else:
            callback()

    def close(self) -> None:
        """Close the database; an ephemeral state is removed."""
        self.connection.close()
        if self.ephemeral:
            shutil.rmtree(self.directory, ignore_errors=True)
