"""The port of a serving work, reached over the socket file `serve` in the work's directory."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.runtime.engine import WorkUnreachable
from simulator.runtime.work import Answer

if TYPE_CHECKING:
    import httpx


class ServingPort:
    """Sends requests to the program that listens on port 8080 in the work whose directory is `place`."""

    def __init__(self, name: str, place: Path) -> None:
        self._name, self._place = name, place
        self._client: httpx.AsyncClient | None = None
        self._descriptor: int | None = None

    async def request(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes, timeout_seconds: float
    ) -> Answer:
        """One HTTP request, with just these headers and Host. Raises WorkUnreachable."""
        import httpx  # with the first request: its import is a tenth of a start

        request = httpx.Request(method, f"http://localhost:8080{path}", headers=dict(headers), content=body)
        request.extensions = {"timeout": httpx.Timeout(None).as_dict()}
        try:
            async with asyncio.timeout(timeout_seconds):
                response = await self._http().send(request, stream=True)
                try:
                    content = b"".join([chunk async for chunk in response.aiter_raw()])
                finally:
                    await response.aclose()
        except TimeoutError as late:
            message = f"work {self._name!r} did not answer within {timeout_seconds:g} s"
            raise WorkUnreachable(message, timed_out=True) from late
        except httpx.TransportError as broken:
            raise WorkUnreachable(f"work {self._name!r} did not answer: {broken}") from broken
        return Answer(response.status_code, dict(response.headers), content)

    async def close(self) -> None:
        """Let go of the connections."""
        if self._client is not None:
            await self._client.aclose()
        if self._descriptor is not None:
            os.close(self._descriptor)
        self._client = self._descriptor = None

    def _http(self) -> httpx.AsyncClient:
        import httpx

        if self._client is None:
            self._descriptor = os.open(self._place, os.O_PATH | os.O_DIRECTORY)
            # Through the descriptor, because the path of a socket may be 108 bytes long and no longer.
            socket = f"/proc/self/fd/{self._descriptor}/serve"
            self._client = httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(uds=socket, verify=False))
        return self._client
