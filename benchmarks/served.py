"""A simulator whose engine writes down when each work ran: `python served.py ENGINE FILE`, stopped by SIGTERM."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, TextIO
from unittest import mock

from simulator import working
from simulator.app import Simulator, run
from simulator.runtime.engine import Engine
from simulator.runtime.work import Answer, Exit, Work
from simulator.settings import Settings


class Watched:
    """An engine that passes everything on, and writes a line for each interval in which a user's process was busy.

    That is the time from exec to exit, as the engine's `Exit` says; of a work that serves, from its start to its
    first answer.
    """

    def __init__(self, engine: Engine, out: TextIO) -> None:
        self._engine, self._out = engine, out
        self._works: dict[str, Work] = {}
        self._serving: dict[str, float] = {}
        self._written: set[str] = set()

    async def start(self, work: Work) -> None:
        self._works[work.name] = work
        if work.serves:
            self._serving[work.name] = time.time()
        await self._engine.start(work)

    async def wait(self, name: str) -> Exit:
        ended = await self._engine.wait(name)
        work = self._works.get(name)
        if work is not None and not work.serves:
            self._write(work, ended.started, ended.ended)
        return ended

    async def request(
        self,
        name: str,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        timeout_seconds: float,
    ) -> Answer:
        answer = await self._engine.request(name, method, path, headers, body, timeout_seconds)
        if name in self._serving and answer.status == 200:
            self._write(self._works[name], self._serving.pop(name), time.time())
        return answer

    async def stop(self, name: str, grace_seconds: float) -> None:
        await self._engine.stop(name, grace_seconds)

    def lines(self, name: str) -> AsyncIterator[str]:
        return self._engine.lines(name)

    async def remove(self, name: str) -> None:
        await self._engine.remove(name)

    async def known(self) -> list[str]:
        return await self._engine.known()

    async def close(self) -> None:
        await self._engine.close()

    def _write(self, work: Work, began: float, ended: float) -> None:
        if work.name in self._written:
            return
        self._written.add(work.name)
        row = {"name": work.name, "image": work.image, "serves": work.serves, "began": began, "ended": ended}
        print(json.dumps(row), file=self._out, flush=True)


def main() -> None:
    """Serve on free ports; the first line of the output is the console's URL."""
    engine, file = sys.argv[1], Path(sys.argv[2])
    settings = Settings(aws_port=0, azure_devops_port=0, console_port=0, state=None, engine=engine)
    make: Any = working._engine  # noqa: SLF001  a benchmark may look where programs may not
    with file.open("w") as out, mock.patch.object(working, "_engine", lambda *a: Watched(make(*a), out)):
        asyncio.run(_until_told(settings))


async def _until_told(settings: Settings) -> None:
    task = asyncio.create_task(run(settings, _announce))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    await asyncio.gather(task, return_exceptions=True)
    if not task.cancelled():
        task.result()


def _announce(simulator: Simulator) -> None:
    print(simulator.status()["console"], flush=True)


if __name__ == "__main__":
    main()
