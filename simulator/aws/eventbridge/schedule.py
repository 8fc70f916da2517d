"""Rules with a ScheduleExpression: when each fires next on the virtual clock, and what it sends then."""

from __future__ import annotations

from typing import Any

from simulator.aws.eventbridge.envelope import envelope
from simulator.aws.eventbridge.queue import queue_deliveries
from simulator.aws.eventbridge.rows import RULE
from simulator.formats.schedule_expression import parse_schedule
from simulator.kernel.facts import cause
from simulator.kernel.world import Kernel

ACTION = "events.schedule"


def plan(kernel: Kernel, key: str, row: dict[str, Any] | None) -> None:
    """Set the timer of a rule's next firing, or cancel it (None, disabled, no schedule)."""
    timer = f"{ACTION}/{key}"
    expression = row and row["State"] != "DISABLED" and row.get("ScheduleExpression")
    if not row or not expression:
        kernel.scheduler.cancel(timer)
        return
    moment = parse_schedule(expression).next_after(kernel.clock.now(), row["anchor"])
    if moment is None:
        kernel.scheduler.cancel(timer)
        return
    # A schedule has no cause but itself: it must not hang on the request that happened to set it.
    with cause(None):
        kernel.scheduler.at(moment, ACTION, {"rule": key, "time": moment}, timer)


async def fire(kernel: Kernel, payload: dict[str, Any]) -> None:
    """The timer's action: the event goes to this rule's targets only, and the next firing is set.

    Source: EventBridge user guide, "Creating a rule that runs on a schedule": the event's shape.
    """
    row = kernel.store.get(RULE, payload["rule"])
    if row is None or row["State"] == "DISABLED" or not row.get("ScheduleExpression"):
        return
    account, region = row["account"], row["region"]
    event = envelope(
        event_id=kernel.ids.uuid(),
        source="aws.events",
        detail_type="Scheduled Event",
        account=account,
        region=region,
        moment=payload["time"],
        resources=[row["Arn"]],
    )
    with kernel.store.transaction():
        detail = {"expression": row["ScheduleExpression"], "event_id": event["id"]}
        fired = kernel.log.record("ScheduleFired", row["Arn"], detail, account=account, region=region)
        with cause(fired):
            queue_deliveries(kernel, row, event)
        plan(kernel, payload["rule"], row)
