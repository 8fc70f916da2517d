"""From a fact with an event to its targets: matching, attempts, retries and dead letters."""

from __future__ import annotations

import json
from typing import Any

from simulator.aws.eventbridge.envelope import envelope
from simulator.aws.eventbridge.pattern import compile_pattern
from simulator.aws.eventbridge.queue import plan_attempt, queue_deliveries
from simulator.aws.eventbridge.retry_policy import Exhausted, policy_of
from simulator.aws.eventbridge.rows import DEFAULT, DELIVERY, RULE, rule_key
from simulator.aws.eventbridge.targets.invocation import AuthorizingCloud, Invocation, TargetFailed
from simulator.aws.eventbridge.targets.kinds import kind_of
from simulator.aws.eventbridge.targets.queue_target import send_dead_letter
from simulator.kernel.errors import NotSimulated
from simulator.kernel.facts import Fact, cause
from simulator.kernel.world import Kernel


class Delivery:
    """Reads the log, writes deliveries, and carries them out when their timers fire."""

    def __init__(self, cloud: AuthorizingCloud) -> None:
        self._cloud = cloud
        self._kernel: Kernel = cloud.kernel

    def match(self, fact: Fact) -> None:
        """The log's consumer: deliveries are written in the transaction that moves the cursor, so none is lost."""
        given = fact.detail.get("event")
        if not isinstance(given, dict):
            return
        event, bus = self._envelope(fact, given), fact.detail.get("bus", DEFAULT)
        for _, rule in self._kernel.store.scan(RULE, rule_key(fact.account, fact.region, bus, "")):
            if rule["State"] == "DISABLED" or "EventPattern" not in rule:
                continue
            if compile_pattern(rule["EventPattern"]).matches(event):
                detail = {"event_id": event["id"], "detail-type": event["detail-type"]}
                matched = self._record("RuleMatched", rule["Arn"], detail, rule)
                with cause(matched):
                    queue_deliveries(self._kernel, rule, event)

    async def attempt(self, payload: dict[str, Any]) -> None:
        """The timer's action: one attempt; safe to run again after a crash (the target may then see it twice)."""
        delivery = payload["delivery"]
        row = self._kernel.store.get(DELIVERY, delivery)
        if row is None:
            return
        if "failure" in row:
            await self._bury(delivery, row)
            return
        detail = {"delivery": delivery, "attempt": row["retries"] + 1, "event_id": row["event"]["id"]}
        self._record("DeliveryAttempted", row["target"]["Arn"], detail, row)
        try:
            await self._send(delivery, row)
        except TargetFailed as failure:
            await self._failed(delivery, row, failure)
            return
        with self._kernel.store.transaction():
            self._kernel.store.delete(DELIVERY, delivery)
            self._record("DeliverySucceeded", row["target"]["Arn"], detail, row)

    async def _send(self, delivery: str, row: dict[str, Any]) -> None:
        invocation = Invocation(
            cloud=self._cloud,
            account=row["account"],
            region=row["region"],
            rule_arn=row["rule_arn"],
            target=row["target"],
            event=row["event"],
            body=row["body"],
            delivery=delivery,
        )
        kind = kind_of(invocation.arn)
        try:
            if kind is None:
                raise NotSimulated(f"EventBridge target {invocation.arn}")
            await kind.send(invocation)
        except NotSimulated as error:
            raise TargetFailed("NOT_SIMULATED", str(error), retryable=False) from error

    async def _failed(self, delivery: str, row: dict[str, Any], failure: TargetFailed) -> None:
        """Plan the next attempt, or give up: all in one transaction, then the dead letter."""
        kernel, now = self._kernel, self._kernel.clock.now()
        told = {"code": failure.code, "message": failure.message, "attempt": row["retries"] + 1}
        moment: float | Exhausted | None = None
        if failure.retryable:
            moment = policy_of(row["target"]).next_attempt(
                first=row["first"],
                now=now,
                retries=row["retries"],
                fraction=kernel.ids.fraction(),
                not_before=failure.not_before,
            )
        with kernel.store.transaction():
            if isinstance(moment, float):
                told["next"] = moment
                kernel.store.put(DELIVERY, delivery, {**row, "retries": row["retries"] + 1})
                plan_attempt(kernel, delivery, moment)
            else:
                row = {**row, "failure": {**told, "condition": str(moment) if moment else ""}}
                kernel.store.put(DELIVERY, delivery, row)
            detail = {"delivery": delivery, "event_id": row["event"]["id"], **told}
            self._record("DeliveryFailed", row["target"]["Arn"], detail, row)
        if "failure" in row:
            await self._bury(delivery, row)

    async def _bury(self, delivery: str, row: dict[str, Any]) -> None:
        """Send the event to the dead-letter queue with AWS's attributes, or drop it if there is none or it refuses.

        Source: EventBridge user guide, "Using dead-letter queues to process undelivered events". The event goes there
        as it matched, not as the target would have got it, so that it can be put again.
        """
        queue = row["target"].get("DeadLetterConfig", {}).get("Arn", "")
        kind, subject, detail = "EventDropped", row["target"]["Arn"], {"delivery": delivery, **row["failure"]}
        if queue:
            try:
                await send_dead_letter(
                    self._cloud,
                    queue,
                    json.dumps(row["event"]),
                    _attributes(row),
                    row["account"],
                    row["rule_arn"],
                )
                kind, subject = "DeadLettered", queue
            except TargetFailed as failure:
                detail["dead_letter_queue"] = {"arn": queue, "code": failure.code, "message": failure.message}
        with self._kernel.store.transaction():
            self._kernel.store.delete(DELIVERY, delivery)
            self._record(kind, subject, {**detail, "event_id": row["event"]["id"]}, row)

    def _envelope(self, fact: Fact, given: dict[str, Any]) -> dict[str, Any]:
        """The event of a fact; one that comes from PutEvents or from another bus brings its own id, time and place."""
        time = given.get("time", fact.time)
        event = envelope(
            event_id=given.get("id") or self._kernel.ids.uuid(),
            source=given["source"],
            detail_type=given["detail-type"],
            account=given.get("account", fact.account),
            region=given.get("region", fact.region),
            moment=fact.time if isinstance(time, str) else time,
            resources=given.get("resources", ()),
            detail=given.get("detail", {}),
        )
        return {**event, "time": time} if isinstance(time, str) else event

    def _record(self, kind: str, subject: str, detail: dict[str, Any], row: dict[str, Any]) -> Fact:
        if "rule_arn" in row:
            detail = {"rule": row["rule_arn"], **detail}
        return self._kernel.log.record(kind, subject, detail, account=row["account"], region=row["region"])


def _attributes(row: dict[str, Any]) -> dict[str, str]:
    failure = row["failure"]
    attributes = {
        "RULE_ARN": row["rule_arn"],
        "TARGET_ARN": row["target"]["Arn"],
        "ERROR_CODE": failure["code"],
        "ERROR_MESSAGE": failure["message"],
        "RETRY_ATTEMPTS": str(row["retries"]),
    }
    if failure["condition"]:
        attributes["EXHAUSTED_RETRY_CONDITION"] = failure["condition"]
    return attributes
