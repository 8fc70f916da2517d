"""An engine for tests: each work ends, prints and answers as the test has said, and no process is started."""

import asyncio
import inspect
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from simulator.kernel.errors import NotSimulated
from simulator.runtime.engine import WorkUnknown, WorkUnreachable
from simulator.runtime.work import Answer, Exit, Work


@dataclass(frozen=True)
class Request:
    """An HTTP request that reached a scripted serving work."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


Effect = Callable[[Work], "str | Awaitable[str | None] | None"]
"""What a work does when it runs: it writes into `mounts`, and may return one more text to print."""


@dataclass(frozen=True)
class Script:
    """What a work of this kind does: `lines`, then `effect`, then exit `code`.

    With `held` it runs until the test calls `finish` or somebody stops it; a serving work is held by itself.
    `answer` is what a serving work replies; without it the work is unreachable. `takes_seconds` is how long
    the exit says that it took: nothing waits.
    """

    code: int = 0
    lines: tuple[str, ...] = ()
    effect: Effect | None = None
    answer: Callable[[Request], Answer] | None = None
    held: bool = False
    takes_seconds: float = 1.0


@dataclass
class _Running:
    work: Work
    script: Script
    started: float
    lines: list[str] = field(default_factory=list)
    exit: Exit | None = None
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    task: "asyncio.Task[None] | None" = None
    failure: BaseException | None = None
    requests: list[Request] = field(default_factory=list)


class ScriptedEngine:
    """The `Engine` of tests. Scripts are tried newest first; a work that no script fits is refused by name.

    `wall` gives the seconds that exits carry: by default a counter, so that two runs are the same.
    """

    def __init__(self, wall: Callable[[], float] | None = None) -> None:
        counter = itertools.count(1)
        self._wall = wall or (lambda: float(next(counter)))
        self._scripts: list[tuple[str, Callable[[Work], bool], Script]] = []
        self._works: dict[str, _Running] = {}
        self.started: list[Work] = []

    def script(
        self,
        image: str = "*",
        script: Script | None = None,
        *,
        command: tuple[str, ...] | None = None,
        when: Callable[[Work], bool] | None = None,
    ) -> None:
        """Say what works of `image` ("*" is any) do, if their command starts with `command` and `when` holds."""

        def fits(work: Work) -> bool:
            return (command is None or work.command[: len(command)] == command) and (
                when is None or when(work)
            )

        self._scripts.insert(0, (image, fits, script or Script()))

    def requests(self, name: str) -> list[Request]:
        """The requests that the serving work has got so far."""
        return list(self._of(name).requests)

    async def finish(self, name: str, code: int | None = None) -> None:
        """End a held work as if by itself, with `code` or the code of its script."""
        running = self._of(name)
        await self._end(running, running.script.code if code is None else code)

    async def start(self, work: Work) -> None:
        """Run the script that fits `work`. Raises NotSimulated when there is none.

        An idle work needs none, and is not among those that `started` has.
        """
        if work.name in self._works:
            raise ValueError(f"a work named {work.name!r} is already there")
        if work.idle:
            self._works[work.name] = _Running(work, Script(held=True), 0.0)
            return
        if work.within and self._ended(work.within):
            raise WorkUnknown(work.within)
        script = self._script_for(work)
        running = _Running(work, script, self._wall())
        self._works[work.name] = running
        self.started.append(work)
        running.task = asyncio.create_task(self._play(running))

    async def wait(self, name: str) -> Exit:
        """The exit that the script, `finish` or `stop` gave. Raises what the effect raised: the test is wrong then."""
        running = self._of(name)
        async with running.changed:
            await running.changed.wait_for(lambda: running.exit is not None)
        if running.failure is not None:
            raise running.failure
        assert running.exit is not None
        return running.exit

    async def stop(self, name: str, grace_seconds: float, interrupt_seconds: float = 0.0) -> None:
        """End the work as SIGTERM would (143)."""
        await self._end(self._of(name), 143)

    async def lines(self, name: str) -> AsyncIterator[str]:
        """The script's lines, then what its effect returned."""
        running = self._of(name)
        seen = 0
        while True:
            async with running.changed:
                while len(running.lines) == seen and running.exit is None:
                    await running.changed.wait()
                fresh, ended = running.lines[seen:], running.exit is not None
            seen += len(fresh)
            for line in fresh:
                yield line
            if ended:
                return

    async def request(
        self,
        name: str,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        timeout_seconds: float,
    ) -> Answer:
        """The script's answer."""
        running = self._of(name)
        if running.exit is not None or not running.work.serves or running.script.answer is None:
            raise WorkUnreachable(f"work {name!r} does not listen on port 8080")
        request = Request(method, path, dict(headers), body)
        running.requests.append(request)
        return running.script.answer(request)

    async def remove(self, name: str) -> None:
        """Forget the work."""
        running = self._works.pop(name, None)
        if running is not None:
            await self._end(running, 137)

    async def known(self) -> list[str]:
        """Every work that was started and not removed."""
        return sorted(self._works)

    async def close(self) -> None:
        """End nothing: there is nothing outside this object."""
        tasks = [running.task for running in self._works.values() if running.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, name: str) -> bool:
        return name not in self._works or self._works[name].exit is not None

    def _of(self, name: str) -> _Running:
        if name not in self._works:
            raise WorkUnknown(name)
        return self._works[name]

    def _script_for(self, work: Work) -> Script:
        for image, fits, script in self._scripts:
            if image in ("*", work.image) and fits(work):
                return script
        what = f"image {work.image!r} with command {list(work.command)} in the scripted engine"
        raise NotSimulated(what, "register it: ScriptedEngine.script(image, Script(...), command=(...))")

    async def _play(self, running: _Running) -> None:
        try:
            await self._perform(running)
        except BaseException as failure:
            running.failure = failure
            await self._end(running, running.script.code)
            raise
        if not (running.script.held or running.work.serves):
            await self._end(running, running.script.code)

    async def _perform(self, running: _Running) -> None:
        await self._print(running, list(running.script.lines))
        if running.script.effect is not None:
            printed = running.script.effect(running.work)
            if inspect.isawaitable(printed):
                printed = await printed
            await self._print(running, (printed or "").splitlines())

    async def _print(self, running: _Running, lines: list[str]) -> None:
        async with running.changed:
            running.lines.extend(lines)
            running.changed.notify_all()

    async def _end(self, running: _Running, code: int) -> None:
        async with running.changed:
            if running.exit is None:
                ended = running.started + running.script.takes_seconds
                running.exit = Exit(code, running.started, ended)
            running.changed.notify_all()
