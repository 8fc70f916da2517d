"""The lines of a work, shipped to CloudWatch Logs while it runs, as the execution role that owns them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator

from simulator.aws.sagemaker.acting import Actor, as_service
from simulator.kernel.errors import CallerError, NotSimulated

_BATCH = 1000


class LogShipper:
    """Ships lines to one stream. A role without the right to write logs loses them, as on AWS, and a fact says so.

    `skip` lines at the start were shipped by an earlier process; `noted` hears how many have been shipped. A process
    may end between the two: what the stream holds already is not shipped again.
    """

    def __init__(
        self,
        actor: Actor,
        group: str,
        stream: str,
        skip: int = 0,
        noted: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._actor, self._group, self._stream = actor, group, stream
        self.shipped = skip
        self._skip, self._noted = skip, noted
        self._open = False
        self._surplus = 0
        self._denied = False

    async def ship(self, lines: AsyncIterator[str], each: Callable[[str], None] = lambda _: None) -> None:
        """Follow the lines to their end; `each` sees every line, those shipped before included."""
        waiting: list[tuple[int, str]] = []
        news, over = asyncio.Event(), False

        async def collect() -> None:
            seen = 0
            async for line in lines:
                each(line)
                seen += 1
                if seen > self._skip:
                    waiting.append((int(self._actor.cloud.kernel.clock.now() * 1000), line))
                    news.set()

        collecting = asyncio.create_task(collect())
        collecting.add_done_callback(lambda _: news.set())
        try:
            while not over:
                await news.wait()
                news.clear()
                over = collecting.done()
                while waiting:
                    batch, waiting[:_BATCH] = waiting[:_BATCH], []
                    await self._put(batch)
                    self._noted(self.shipped)
            await collecting
        finally:
            collecting.cancel()

    async def _put(self, batch: list[tuple[int, str]]) -> None:
        self.shipped += len(batch)
        if self._denied:
            return
        try:
            if not self._open:
                self._surplus = await self._create()
            held, self._surplus = self._surplus, max(0, self._surplus - len(batch))
            batch = batch[held:]
            events = [{"timestamp": time, "message": line or " "} for time, line in batch]
            names = {"logGroupName": self._group, "logStreamName": self._stream}
            if events:
                await self._actor.call("logs", "PutLogEvents", {**names, "logEvents": events})
        except (CallerError, NotSimulated) as error:
            self._denied = True
            kernel = self._actor.cloud.kernel
            detail: dict[str, object] = {"error": str(error), "lines": len(batch)}
            subject = f"{self._group}/{self._stream}"
            kernel.log.record(
                "LogsNotDelivered", subject, detail, account=self._actor.account, region=self._actor.region
            )

    async def _create(self) -> int:
        """Make group and stream; how many of the lines to come an earlier process has put without noting them."""
        names = {"logGroupName": self._group, "logStreamName": self._stream}
        with ignoring("ResourceAlreadyExistsException"):
            await self._actor.call("logs", "CreateLogGroup", {"logGroupName": self._group})
        surplus = 0
        try:
            await self._actor.call("logs", "CreateLogStream", names)
        except CallerError as error:
            if error.code != "ResourceAlreadyExistsException":
                raise
            surplus = max(0, await self._held(names) - self._skip)
        self._open = True
        return surplus

    async def _held(self, names: dict[str, str]) -> int:
        """How many lines the stream holds, asked as the service: the role need not be allowed to read."""
        service = as_service(self._actor.cloud, self._actor.account, self._actor.region)
        held = 0
        token: dict[str, str] = {}
        while True:
            page = await service.call("logs", "GetLogEvents", {**names, "startFromHead": True, **token})
            if not page["events"]:
                return held
            held += len(page["events"])
            token = {"nextToken": page["nextForwardToken"]}


@contextlib.contextmanager
def ignoring(code: str) -> Iterator[None]:
    """Go on where AWS answers with this code: the thing is as wanted already."""
    try:
        yield
    except CallerError as error:
        if error.code != code:
            raise
