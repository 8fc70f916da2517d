"""One request through `git http-backend`, git's own CGI program: body in and answer out as they come."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request

from simulator.azure_devops.git.program import environment

_CHUNK = 64 * 1024
_logger = logging.getLogger("simulator.azure_devops.git")


@dataclass(frozen=True)
class Head:
    """Status and headers that the program gave."""

    status: int
    headers: dict[str, str]


class Backend:
    """A request for one service of one bare repository; `plain` says that its body comes in unpacked, of any length.

    `settings` are git's, for this request.
    """

    def __init__(
        self,
        repository: Path,
        service: str,
        request: Request,
        user: str,
        plain: bool = False,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        headers = request.headers
        named = (settings or {}).items()
        self._environment = environment(
            {
                "GIT_PROJECT_ROOT": str(repository),
                "GIT_HTTP_EXPORT_ALL": "1",
                "PATH_INFO": f"/{service}",
                "QUERY_STRING": request.url.query,
                "REQUEST_METHOD": request.method,
                "CONTENT_TYPE": headers.get("content-type", ""),
                "CONTENT_LENGTH": "" if plain else headers.get("content-length", ""),
                "HTTP_CONTENT_ENCODING": "" if plain else headers.get("content-encoding", ""),
                "GIT_PROTOCOL": headers.get("git-protocol", ""),
                "REMOTE_USER": user,
                "REMOTE_ADDR": "127.0.0.1",
                "GIT_CONFIG_COUNT": str(len(named)),
                **{f"GIT_CONFIG_KEY_{place}": name for place, (name, _) in enumerate(named)},
                **{f"GIT_CONFIG_VALUE_{place}": value for place, (_, value) in enumerate(named)},
            }
        )
        self._process: asyncio.subprocess.Process | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, body: AsyncIterator[bytes]) -> Head:
        """Start the program, feed it and read its head."""
        self._process = await asyncio.create_subprocess_exec(
            "git",
            "http-backend",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=self._environment,
        )
        self._tasks = [asyncio.create_task(self._feed(body)), asyncio.create_task(self._complain())]
        return await self._head()

    async def output(self) -> AsyncIterator[bytes]:
        """The answer's body; the program has ended when it is over, or is ended when nobody listens any more."""
        process = self._running()
        assert process.stdout is not None
        try:
            while chunk := await process.stdout.read(_CHUNK):
                yield chunk
            await asyncio.gather(*self._tasks)
            await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    async def _head(self) -> Head:
        stdout = self._running().stdout
        assert stdout is not None
        status, headers = 200, {}
        while line := (await stdout.readline()).strip():
            name, _, value = line.decode().partition(":")
            if name.lower() == "status":
                status = int(value.split()[0])
            else:
                headers[name] = value.strip()
        return Head(status, headers)

    async def _feed(self, body: AsyncIterator[bytes]) -> None:
        stdin = self._running().stdin
        assert stdin is not None
        try:
            async for chunk in body:
                stdin.write(chunk)
                await stdin.drain()
        except (BrokenPipeError, ConnectionResetError):
            _logger.debug("git http-backend answered before it had read the whole request")
        finally:
            stdin.close()

    async def _complain(self) -> None:
        stderr = self._running().stderr
        assert stderr is not None
        if text := (await stderr.read()).decode(errors="replace").strip():
            _logger.warning("git http-backend: %s", text)

    def _running(self) -> asyncio.subprocess.Process:
        assert self._process is not None, "start() comes first"
        return self._process
