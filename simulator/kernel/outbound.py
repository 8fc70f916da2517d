"""The one way out: every request from one cloud to the other, or to the outside, leaves through here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from simulator.kernel.facts import CAUSE_HEADER, current_cause

if TYPE_CHECKING:
    import httpx


class OutboundRefused(Exception):
    """The network is closed: the host is neither part of the simulation nor allowed by the settings."""

    def __init__(self, host: str) -> None:
        super().__init__(f"{host} is outside the simulation; allow it with SIMULATOR_ALLOWED_HOSTS={host}")
        self.host = host


class OutboundFailed(Exception):
    """No answer came: connection refused, cut or timed out. `timed_out` tells which."""

    def __init__(self, message: str, timed_out: bool) -> None:
        super().__init__(message)
        self.timed_out = timed_out


@dataclass(frozen=True)
class Route:
    """Hosts that match `pattern` (whole host, case-insensitive) are served at `origin`, e.g. http://127.0.0.1:4567."""

    pattern: str
    origin: str


@dataclass(frozen=True)
class OutboundResponse:
    """An answer from the other side; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Outbound:
    """Sends HTTP to real host names; routes say where inside the simulation they are served."""

    def __init__(self, routes: tuple[Route, ...] = (), allowed_hosts: tuple[str, ...] = ()) -> None:
        self._routes = routes
        self._allowed = frozenset(host.lower() for host in allowed_hosts)
        self._client: httpx.AsyncClient | None = None

    def origin(self, url: str) -> str:
        """Where a request for `url` really goes: a route's origin or its own; raises OutboundRefused."""
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        for route in self._routes:
            if re.fullmatch(route.pattern, host):
                return route.origin
        own = f"{parts.scheme}://{parts.netloc}"
        if host in self._allowed or own in {route.origin for route in self._routes}:
            return own
        raise OutboundRefused(host)

    async def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes = b"",
        *,
        timeout_seconds: float = 30.0,
    ) -> OutboundResponse:
        """One request, no redirects, no retries; raises OutboundRefused or OutboundFailed."""
        import httpx  # with the first request: its import is a tenth of a start

        parts = urlsplit(url)
        target = self.origin(url) + (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        sent = {**headers, "host": parts.netloc}
        if (because := current_cause()) is not None:
            sent[CAUSE_HEADER] = str(because)
        if self._client is None:
            self._client = httpx.AsyncClient(trust_env=False, follow_redirects=False)
        try:
            answer = await self._client.request(
                method, target, headers=sent, content=body, timeout=timeout_seconds
            )
        except httpx.TimeoutException as error:
            raise OutboundFailed(
                f"{parts.hostname} did not answer within {timeout_seconds:g} s", True
            ) from error
        except httpx.TransportError as error:
            raise OutboundFailed(f"{parts.hostname}: {error}", False) from error
        return OutboundResponse(
            answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, answer.content
        )

    async def close(self) -> None:
        """Close idle connections."""
        if self._client is not None:
            await self._client.aclose()
