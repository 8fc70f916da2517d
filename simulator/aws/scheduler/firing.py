"""Timers of schedules: when one fires, a delivery is written, and tried until it is taken or its policy gives up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from simulator.aws.behaviour import Cloud
from simulator.aws.eventbridge.retry_policy import policy_of
from simulator.aws.principal import Principal
from simulator.aws.scheduler import moments, targets
from simulator.aws.scheduler.rows import DELIVERY, SCHEDULE, SERVICE, Row
from simulator.kernel.errors import CallerError, NotSimulated
from simulator.kernel.facts import cause
from simulator.kernel.world import Kernel

FIRE, DELIVER = "scheduler.fire", "scheduler.deliver"


def moments_of(row: Mapping[str, Any]) -> moments.Moments:
    """When the schedule fires; raises WrongExpression."""
    return moments.parse(
        row["ScheduleExpression"],
        row["ScheduleExpressionTimezone"],
        row["made"],
        row.get("StartDate"),
        row.get("EndDate"),
    )


def plan(kernel: Kernel, key: str, row: Row, after: float) -> bool:
    """Set the timer of the next firing after a moment; false when there is none."""
    timer = f"{FIRE}/{key}"
    moment = moments_of(row).next_after(after)
    if row["State"] == "DISABLED" or moment is None:
        kernel.scheduler.cancel(timer)
        return moment is not None
    with cause(None):  # a schedule has no cause but itself
        kernel.scheduler.at(moment, FIRE, {"schedule": key, "time": moment}, timer)
    return True


def forget(kernel: Kernel, key: str) -> None:
    """Delete a schedule and its timer; inside a transaction."""
    kernel.store.delete(SCHEDULE, key)
    kernel.scheduler.cancel(f"{FIRE}/{key}")


class Firing:
    """The actions of the timers."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._kernel: Kernel = cloud.kernel

    async def fire(self, payload: dict[str, Any]) -> None:
        """Write the delivery and plan the next firing, in one transaction; a schedule that is over may be deleted."""
        kernel, key = self._kernel, str(payload["schedule"])
        row = kernel.store.get(SCHEDULE, key)
        if row is None or row["State"] == "DISABLED":
            return
        account, region, _ = key.split("/", 2)
        delivery = kernel.ids.uuid()
        with kernel.store.transaction():
            told: dict[str, object] = {"expression": row["ScheduleExpression"], "delivery": delivery}
            fired = kernel.log.record("ScheduleFired", row["Arn"], told, account=account, region=region)
            made = {
                "target": row["Target"],
                "schedule": row["Arn"],
                "account": account,
                "region": region,
                "time": payload["time"],
                "first": kernel.clock.now(),
                "retries": 0,
            }
            kernel.store.put(DELIVERY, delivery, made)
            with cause(fired):
                self._attempt_at(delivery, kernel.clock.now())
            again = plan(kernel, key, row, payload["time"])
            if not again and row["ActionAfterCompletion"] == "DELETE":
                forget(kernel, key)

    def _attempt_at(self, delivery: str, moment: float) -> None:
        self._kernel.scheduler.at(moment, DELIVER, {"delivery": delivery}, f"{DELIVER}/{delivery}")

    async def deliver(self, payload: dict[str, Any]) -> None:
        """One attempt; may run again after a crash."""
        delivery = str(payload["delivery"])
        row = self._kernel.store.get(DELIVERY, delivery)
        if row is None:
            return
        try:
            await self._call(delivery, row)
        except (CallerError, NotSimulated) as error:
            await self._failed(delivery, row, error)
            return
        with self._kernel.store.transaction():
            self._kernel.store.delete(DELIVERY, delivery)
            self._record("ScheduleDelivered", row, {"delivery": delivery})

    async def _call(self, delivery: str, row: Row) -> None:
        stamp = datetime.fromtimestamp(row["time"], UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        keywords = {
            "schedule-arn": row["schedule"],
            "scheduled-time": stamp,
            "execution-id": delivery,
            "attempt-number": str(row["retries"] + 1),
        }
        text = targets.with_keywords(row["target"].get("Input", ""), keywords)
        service, operation, params = targets.call_of(row["target"], text, delivery)
        parts = row["target"]["Arn"].split(":")
        account, region = parts[4] or row["account"], parts[3] or row["region"]
        await self._cloud.call(
            service, operation, params, account=account, region=region, principal=self._assume(row, delivery)
        )

    def _assume(self, row: Row, delivery: str) -> Principal:
        """A session of the target's role, whose trust policy must let the scheduler in."""
        role, session = str(row["target"]["RoleArn"]), delivery.replace("-", "")
        self._cloud.session(role, session, SERVICE)
        account, name = role.split(":")[4], role.rsplit("/", 1)[-1]
        arn = f"arn:aws:sts::{account}:assumed-role/{name}/{session}"
        return Principal(arn=arn, account=account, user_id=f"{name}:{session}", role_arn=role)

    async def _failed(self, delivery: str, row: Row, error: CallerError | NotSimulated) -> None:
        kernel = self._kernel
        code = error.code if isinstance(error, CallerError) else "NotSimulated"
        retryable = isinstance(error, CallerError) and (error.status >= 500 or error.status == 429)
        moment: object = None
        if retryable:
            moment = policy_of(row["target"]).next_attempt(
                first=row["first"],
                now=kernel.clock.now(),
                retries=row["retries"],
                fraction=kernel.ids.fraction(),
            )
        buried = "" if isinstance(moment, float) else await self._bury(delivery, row, code, str(error))
        with kernel.store.transaction():
            detail: dict[str, object] = {"delivery": delivery, "code": code, "error": str(error)}
            if isinstance(moment, float):
                kernel.store.put(DELIVERY, delivery, {**row, "retries": row["retries"] + 1})
                self._attempt_at(delivery, moment)
            else:
                kernel.store.delete(DELIVERY, delivery)
            self._record("ScheduleDeliveryFailed", row, {**detail, "dead_letter_queue": buried})

    async def _bury(self, delivery: str, row: Row, code: str, message: str) -> str:
        """Send the input to the dead-letter queue as the target's role; the queue's ARN, or why not."""
        arn = row["target"].get("DeadLetterConfig", {}).get("Arn", "")
        if not arn:
            return ""
        _, _, _, region, account, name = arn.split(":", 5)
        attributes = {
            "ERROR_CODE": code,
            "ERROR_MESSAGE": message,
            "EXECUTION_ID": delivery,
            "SCHEDULE_ARN": row["schedule"],
            "TARGET_ARN": row["target"]["Arn"],
            "RETRY_ATTEMPTS": str(row["retries"]),
        }
        given = {key: {"DataType": "String", "StringValue": text} for key, text in attributes.items()}
        params = {
            "QueueUrl": f"https://sqs.{region}.amazonaws.com/{account}/{name}",
            "MessageBody": row["target"].get("Input", "{}"),
            "MessageAttributes": given,
        }
        try:
            asker = self._assume(row, delivery)
            await self._cloud.call(
                "sqs", "SendMessage", params, account=account, region=region, principal=asker
            )
        except (CallerError, NotSimulated) as error:
            return f"{arn}: {error}"
        return str(arn)

    def _record(self, kind: str, row: Row, detail: dict[str, object]) -> None:
        told = {"target": row["target"]["Arn"], **detail}
        self._kernel.log.record(kind, row["schedule"], told, account=row["account"], region=row["region"])
