"""An HTTP request and its answer as values, before any cloud has looked at them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl


@dataclass(frozen=True)
class Incoming:
    """A request: `path` is decoded nowhere, `query` is the raw query string, header names are lower case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def arguments(self) -> dict[str, str]:
        """The query string as a mapping; a key without a value maps to an empty text."""
        return dict(parse_qsl(self.query, keep_blank_values=True))


@dataclass(frozen=True)
class Outgoing:
    """An answer."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
