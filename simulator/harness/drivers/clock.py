"""The simulator's control interface: facts as they come, and virtual time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx


class Control:
    """Facts and time of a running simulator at `console_url`."""

    def __init__(self, console_url: str) -> None:
        self._client = httpx.Client(base_url=console_url, trust_env=False, timeout=600)

    def status(self) -> dict[str, Any]:
        """Where everything is and who is who."""
        found: dict[str, Any] = self._get("status")
        return found

    def facts(self, after: int = 0, wait_seconds: float = 0) -> list[dict[str, Any]]:
        """Facts newer than `after`, waiting up to `wait_seconds` for the first."""
        params = {"after": after, "wait": wait_seconds, "limit": 10_000}
        found: list[dict[str, Any]] = self._get("facts", params)
        return found

    def last(self) -> int:
        """The number of the newest fact."""
        return int(self._get("status")["last_fact"])

    def now(self) -> float:
        """Virtual seconds since the epoch."""
        return datetime.fromisoformat(self._get("status")["now"]).timestamp()

    def advance(self, seconds: float) -> None:
        """Let work come to rest, then move virtual time, firing what is due."""
        self._client.post("/_simulator/advance", json={"seconds": seconds}).raise_for_status()

    def rest(self) -> None:
        """Wait until nothing runs."""
        self._client.post("/_simulator/rest").raise_for_status()

    def close(self) -> None:
        """Close idle connections."""
        self._client.close()

    def _get(self, path: str, params: dict[str, Any] | None = None) -> Any:
        answer = self._client.get(f"/_simulator/{path}", params=params)
        answer.raise_for_status()
        return answer.json()
