"""Engines under test, each with a stand-in for the simulator, and programs that every engine can run."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar

from simulator.runtime.engine import Engine
from simulator.runtime.engine_docker import DockerEngine
from simulator.runtime.engine_process import ProcessEngine
from simulator.runtime.engine_scripted import Script, ScriptedEngine
from simulator.runtime.images import Images
from simulator.runtime.reach import Reach
from simulator.runtime.work import Exit, Work

T = TypeVar("T")
BARE_IMAGES = Path(__file__).parent / "images"


@dataclass(frozen=True)
class Program:
    """A shell program, and what the scripted engine is told that it does."""

    shell: str
    script: Script = field(default_factory=Script)


class Room:
    """One engine, driven from a synchronous test; each call runs the one loop of the test."""

    def __init__(self, kind: str, directory: Path, cache: Path, reach: Reach) -> None:
        self.kind, self.directory, self._cache, self._reach = kind, directory, cache, reach
        self._runner = asyncio.Runner()
        self.engine = self.open()

    def open(self) -> Engine:
        """An engine over the room's directory, as a simulator that starts would make it."""
        return self.run(self._open())

    async def _open(self) -> Engine:
        if self.kind == "scripted":
            return ScriptedEngine()
        if self.kind == "docker":
            return DockerEngine(self.directory, self._reach, Images(BARE_IMAGES, self._cache))
        return ProcessEngine(self.directory, self._reach, Images(BARE_IMAGES, self._cache))

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run to the end, but never for ever."""

        async def bounded() -> T:
            async with asyncio.timeout(60):
                return await coroutine

        return self._runner.run(bounded())

    def work(self, name: str, program: Program, **fields: Any) -> Work:
        """The work that runs `program`, with the scripted engine told about it."""
        command = ("sh", "-c", program.shell)
        if isinstance(self.engine, ScriptedEngine):
            self.engine.script("bare", program.script, command=command)
        return Work(name, "bare", command, **fields)

    def start(self, name: str, program: Program, **fields: Any) -> None:
        """Start `program`."""
        self.run(self.engine.start(self.work(name, program, **fields)))

    def finish(self, name: str) -> tuple[Exit, list[str]]:
        """Wait for the end; the exit and all lines."""

        async def both() -> tuple[Exit, list[str]]:
            return await self.engine.wait(name), [line async for line in self.engine.lines(name)]

        return self.run(both())

    def complete(self, program: Program, **fields: Any) -> tuple[int, list[str]]:
        """Start `program` and wait; its exit code and all lines."""
        self.start("a-work", program, **fields)
        ended, lines = self.finish("a-work")
        return ended.code, lines

    def close(self) -> None:
        """Remove every work and let go."""

        async def tidy() -> None:
            for name in await self.engine.known():
                await self.engine.remove(name)
            await self.engine.close()

        self.run(tidy())
        self._runner.close()


@contextmanager
def web_server(text: str) -> Iterator[int]:
    """An HTTP server of the host that answers every GET with `text`; its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()
