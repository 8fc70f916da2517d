"""The log of facts and those who read it by a cursor: nothing that was acknowledged is forgotten."""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from simulator.kernel.activity import Activity
from simulator.kernel.clock import Clock
from simulator.kernel.facts import Fact, cause, current_cause
from simulator.kernel.store import Store

Handler = Callable[[Fact], Awaitable[None] | None]

_CURSOR = "kernel.cursor"
_FACTS_A_TURN = 10
_logger = logging.getLogger("simulator.log")


class Log:
    """Facts in order. A consumer sees each fact at least once, in order, from where its cursor stands."""

    def __init__(self, store: Store, clock: Clock, activity: Activity) -> None:
        self._store = store
        self._clock = clock
        self._activity = activity
        self._consumers: dict[str, Handler] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._started = False
        self._news = asyncio.Event()
        self._watchers: dict[str, set[asyncio.Event]] = {}

    def record(
        self,
        kind: str,
        subject: str,
        detail: dict[str, object] | None = None,
        *,
        account: str = "",
        region: str = "",
    ) -> Fact:
        """Append a fact in the current transaction; its cause is what runs now."""
        now, because = self._clock.now(), current_cause()
        text = json.dumps(detail or {})
        cursor = self._store.connection.execute(
            "INSERT INTO facts (time, kind, subject, detail, cause, account, region) VALUES (?,?,?,?,?,?,?)",
            (now, kind, subject, text, because, account, region),
        )
        self._store.after_commit(self._announce)
        if subject in self._watchers:
            self._store.after_commit(lambda: self._tell(subject))
        return Fact(
            int(cursor.lastrowid or 0), now, kind, subject, json.loads(text), because, account, region
        )

    def read(self, after: int = 0, limit: int = 500) -> list[Fact]:
        """Up to `limit` facts with a sequence greater than `after`."""
        found = self._store.connection.execute(
            "SELECT sequence, time, kind, subject, detail, cause, account, region FROM facts"
            " WHERE sequence>? ORDER BY sequence LIMIT ?",
            (after, limit),
        )
        return [Fact(s, t, k, sub, json.loads(d), c, a, r) for s, t, k, sub, d, c, a, r in found]

    def last(self) -> int:
        """The sequence of the newest fact, 0 when there is none."""
        return int(
            self._store.connection.execute("SELECT COALESCE(MAX(sequence),0) FROM facts").fetchone()[0]
        )

    async def wait(self, after: int, timeout_seconds: float | None = None) -> bool:
        """Wait until there is a fact newer than `after`; says whether there is."""
        try:
            async with asyncio.timeout(timeout_seconds):
                while self.last() <= after:
                    news = self._news
                    await news.wait()
        except TimeoutError:
            return False
        return True

    @contextmanager
    def watching(self, subject: str) -> Iterator[asyncio.Event]:
        """An event that is set whenever there is news of one subject: who waits for it is not woken by others."""
        event = asyncio.Event()
        watchers = self._watchers.setdefault(subject, set())
        watchers.add(event)
        try:
            yield event
        finally:
            watchers.discard(event)
            if not watchers:
                self._watchers.pop(subject, None)

    def _tell(self, subject: str) -> None:
        for event in self._watchers.get(subject, ()):
            event.set()

    def add_consumer(self, name: str, handler: Handler) -> None:
        """Let `handler` see every fact. A synchronous one commits with its cursor, an asynchronous one before it."""
        known = name in self._consumers
        self._consumers[name] = handler
        if self._started and not known:
            self._begin(name, handler)

    def start(self) -> None:
        """Begin to feed the consumers, each from its own cursor; one that is added later begins at once."""
        self._started = True
        for name, handler in self._consumers.items():
            self._begin(name, handler)

    def _begin(self, name: str, handler: Handler) -> None:
        self._tasks.append(asyncio.create_task(self._feed(name, handler), name=f"consumer {name}"))

    async def stop(self) -> None:
        """Stop feeding; cursors stay where they are."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def caught_up(self) -> bool:
        """Whether every consumer has seen every fact."""
        last = self.last()
        return all(self._cursor(name) >= last for name in self._consumers)

    async def _feed(self, name: str, handler: Handler) -> None:
        while True:
            at = self._cursor(name)
            await self.wait(at)
            for fact in self.read(at, _FACTS_A_TURN):
                await self._handle(name, handler, fact)
            await asyncio.sleep(0)  # a handler that waits for nothing would keep everybody else waiting

    async def _handle(self, name: str, handler: Handler, fact: Fact) -> None:
        with self._activity.busy(f"{name} #{fact.sequence}"), cause(fact):
            try:
                if inspect.iscoroutinefunction(handler):
                    await handler(fact)
                else:
                    with self._store.transaction():
                        handler(fact)
                        self._move(name, fact)
                    return
            except Exception as error:
                # A defect of ours: it is told, and the facts after this one still reach the consumer.
                _logger.exception("consumer %s failed on fact %s", name, fact.sequence)
                self.record("ConsumerFailed", name, {"fact": fact.sequence, "error": repr(error)})
            self._move(name, fact)

    def _cursor(self, name: str) -> int:
        row = self._store.get(_CURSOR, name)
        return int(row["sequence"]) if row else 0

    def _move(self, name: str, fact: Fact) -> None:
        self._store.put(_CURSOR, name, {"sequence": fact.sequence})

    def _announce(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()
