"""The journal of requests that changed moto's state: enough of each to carry it out again and get the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs

from simulator.aws.protocol.http import Incoming
from simulator.kernel.store import Store

_SCHEMA = """
CREATE TABLE IF NOT EXISTS moto_journal (sequence INTEGER PRIMARY KEY AUTOINCREMENT, time REAL NOT NULL,
  account TEXT NOT NULL, head TEXT NOT NULL, body BLOB, file TEXT)
"""
_INLINE_BYTES = 64 * 1024
_ONLY_READS = re.compile(
    r"(Get|List|Describe|Head|BatchGet|Filter|Search|Encrypt|Decrypt|ReEncrypt|Generate|Sign|Verify|Simulate|Lookup)"
)
_KEPT_HEADERS = re.compile(
    r"(host|content-type|content-md5|content-encoding|authorization|cache-control|expires|x-amz-.*)"
)


@dataclass(frozen=True)
class Entry:
    """One request, the account it was for and the virtual time at which moto saw it."""

    sequence: int
    time: float
    account: str
    request: Incoming


def changes_state(request: Incoming) -> bool:
    """Whether a request may change what moto remembers."""
    if target := request.headers.get("x-amz-target"):
        return not _ONLY_READS.match(target.rsplit(".", 1)[-1])
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        action = parse_qs(request.body.decode("utf-8", "replace")).get("Action", [""])[0]
        return not _ONLY_READS.match(action)
    return request.method in ("PUT", "POST", "DELETE", "PATCH")


class Journal:
    """Entries in the simulator's own database, large bodies in files beside it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._files = store.directory / "moto" / "bodies"
        store.connection.execute(_SCHEMA)

    def next(self) -> int:
        """The sequence that the next entry will have."""
        found = self._store.connection.execute(
            "SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name='moto_journal'), 0)"
        ).fetchone()
        return int(found[0]) + 1

    def append(self, request: Incoming, account: str, time: float) -> None:
        """Remember a request that moto has carried out; durable when this returns."""
        headers = {k: v for k, v in request.headers.items() if _KEPT_HEADERS.fullmatch(k)}
        headers["authorization"] = _scope_only(headers.get("authorization", ""))
        headers.pop("x-amz-security-token", None)
        head = json.dumps([request.method, request.path, request.query, headers])
        body, file = request.body, None
        if len(body) > _INLINE_BYTES:
            self._files.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = f"{self.next()}.body"
            (self._files / file).write_bytes(body)
            body = b""
        self._store.connection.execute(
            "INSERT INTO moto_journal (time, account, head, body, file) VALUES (?,?,?,?,?)",
            (time, account, head, body, file),
        )

    def entries(self, after: int) -> Iterator[Entry]:
        """The entries newer than `after`, in order."""
        found = self._store.connection.execute(
            "SELECT sequence, time, account, head, body, file FROM moto_journal WHERE sequence>? ORDER BY sequence",
            (after,),
        )
        for sequence, time, account, head, body, file in found.fetchall():
            method, path, query, headers = json.loads(head)
            data = (self._files / file).read_bytes() if file else body
            yield Entry(sequence, time, account, Incoming(method, path, query, headers, data))

    def forget(self, until: int) -> None:
        """Drop the entries up to `until`: a checkpoint holds them."""
        found = self._store.connection.execute("SELECT file FROM moto_journal WHERE sequence<=?", (until,))
        files = [Path(self._files / row[0]) for row in found.fetchall() if row[0]]
        self._store.connection.execute("DELETE FROM moto_journal WHERE sequence<=?", (until,))
        for file in files:
            file.unlink(missing_ok=True)


def _scope_only(authorization: str) -> str:
    """Service and region of a signature; neither the key nor the signature is kept."""
    return re.sub(r"Credential=[^/]+/|,?\s*(SignedHeaders|Signature)=[^,]*", _without_key, authorization)


def _without_key(found: re.Match[str]) -> str:
    return "Credential=SIMULATOR/" if found[0].startswith("Credential=") else ""
