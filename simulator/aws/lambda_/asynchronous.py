"""Asynchronous invocations: events as rows and timers, two retries, then the failure destination or dead-letter queue.

Source: developer guide, "How Lambda handles errors and retries with asynchronous invocation": one minute before the
second attempt, two before the third; an event that is throttled is tried for six hours.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from simulator.aws.behaviour import Cloud
from simulator.aws.lambda_ import destinations
from simulator.aws.lambda_.invocation import Event, Outcome, run
from simulator.aws.lambda_.names import LATEST, Named
from simulator.aws.lambda_.rows import EVENT_INVOKE, Resolved, resolve
from simulator.kernel.errors import CallerError, NotSimulated
from simulator.kernel.world import Kernel

ACTION = "lambda.event"
ROW = "lambda.event"
_RETRY_SECONDS = (60.0, 120.0)
_OLDEST_SECONDS = 6 * 3600.0
_LONGEST_PAUSE_SECONDS = 300.0


def queue(kernel: Kernel, function: Named, event: Event) -> None:
    """Keep the event and let it be delivered at once."""
    key = event.request_id
    row = {
        "function": [function.account, function.region, function.name, function.qualifier],
        "body": base64.b64encode(event.body).decode(),
        "client_context": event.client_context,
        "attempts": 0,
        "throttles": 0,
        "queued": kernel.clock.now(),
    }
    with kernel.store.transaction():
        kernel.store.put(ROW, key, row)
        kernel.scheduler.at(kernel.clock.now(), ACTION, {"event": key}, f"{ACTION}/{key}")


class Deliver:
    """The action of the timers of asynchronous events."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._kernel: Kernel = cloud.kernel

    async def attempt(self, payload: dict[str, Any]) -> None:
        """One attempt; may run again after a crash, so a function may see an event twice, as on AWS."""
        key = str(payload["event"])
        row = self._kernel.store.get(ROW, key)
        if row is None:
            return
        event = Event(key, base64.b64decode(row["body"]), row["client_context"])
        try:
            found = resolve(self._kernel.store, Named(*row["function"]), choice=self._kernel.ids.fraction())
            outcome = await run(self._cloud, found, event)
        except (CallerError, NotSimulated) as error:
            self._not_run(key, row, error)
            return
        await self._ran(key, row, found, event, outcome)

    def _not_run(self, key: str, row: Mapping[str, Any], error: CallerError | NotSimulated) -> None:
        """Throttled events wait longer each time; what cannot be run at all is dropped, and a fact says why."""
        pause = min(_LONGEST_PAUSE_SECONDS, 2.0 ** row["throttles"])
        again = isinstance(error, CallerError) and error.status in (429, 500)
        if again and self._kernel.clock.now() + pause - row["queued"] < _OLDEST_SECONDS:
            self._again(key, {**row, "throttles": row["throttles"] + 1}, pause)
            return
        self._drop(key, row, str(error))

    async def _ran(
        self, key: str, row: Mapping[str, Any], found: Resolved, event: Event, outcome: Outcome
    ) -> None:
        attempts = int(row["attempts"]) + 1
        settings = self._settings(found.asked)
        most = int(settings.get("MaximumRetryAttempts", len(_RETRY_SECONDS)))
        oldest = float(settings.get("MaximumEventAgeInSeconds", _OLDEST_SECONDS))
        if outcome.error and attempts <= most:
            pause = _RETRY_SECONDS[attempts - 1]
            if self._kernel.clock.now() + pause - row["queued"] <= oldest:
                self._again(key, {**row, "attempts": attempts}, pause)
                return
        expired = bool(outcome.error) and attempts <= most
        ending = destinations.Ending(found, event, outcome, attempts, expired)
        await destinations.tell(self._cloud, ending, settings.get("DestinationConfig", {}))
        if outcome.error:
            self._drop(key, row, f"the function failed {attempts} times")
        else:
            self._kernel.store.delete(ROW, key)

    def _settings(self, function: Named) -> Mapping[str, Any]:
        return self._kernel.store.get(EVENT_INVOKE, f"{function.key}/{function.qualifier or LATEST}") or {}

    def _again(self, key: str, row: dict[str, Any], pause: float) -> None:
        with self._kernel.store.transaction():
            self._kernel.store.put(ROW, key, row)
            moment = self._kernel.clock.now() + pause
            self._kernel.scheduler.at(moment, ACTION, {"event": key}, f"{ACTION}/{key}")

    def _drop(self, key: str, row: Mapping[str, Any], why: str) -> None:
        function = Named(*row["function"])
        with self._kernel.store.transaction():
            self._kernel.store.delete(ROW, key)
            detail: dict[str, object] = {"request_id": key, "error": why}
            self._kernel.log.record(
                "FunctionEventDropped", function.arn, detail, account=function.account, region=function.region
            )
