"""Deliveries as rows: one for each target of a matched rule, written with the fact that promises it."""

from __future__ import annotations

from typing import Any

from simulator.aws.eventbridge.envelope import iso
from simulator.aws.eventbridge.rows import DELIVERY
from simulator.aws.eventbridge.transform import RuleNames, target_input
from simulator.kernel.facts import cause
from simulator.kernel.world import Kernel

ACTION = "events.deliver"


def queue_deliveries(kernel: Kernel, rule: dict[str, Any], event: dict[str, Any]) -> None:
    """Write a delivery and its first timer for every target of the rule; call it inside a transaction.

    The cause of all attempts of one delivery is its DeliveryQueued fact, so that the receiver of a repeated request
    can tell that it is the same one.
    """
    now = kernel.clock.now()
    names = RuleNames(rule["Arn"], rule["Name"], iso(now))
    for target in rule["targets"]:
        delivery = kernel.ids.uuid()
        row = {
            "account": rule["account"],
            "region": rule["region"],
            "rule_arn": rule["Arn"],
            "target": target,
            "event": event,
            "body": target_input(target, event, names),
            "first": now,
            "retries": 0,
        }
        kernel.store.put(DELIVERY, delivery, row)
        detail = {"delivery": delivery, "rule": rule["Arn"], "target": target["Id"], "event_id": event["id"]}
        queued = kernel.log.record(
            "DeliveryQueued", target["Arn"], detail, account=rule["account"], region=rule["region"]
        )
        with cause(queued):
            plan_attempt(kernel, delivery, now)


def plan_attempt(kernel: Kernel, delivery: str, moment: float) -> None:
    """Set the timer of a delivery's next attempt, virtual epoch seconds."""
    kernel.scheduler.at(moment, ACTION, {"delivery": delivery}, f"{ACTION}/{delivery}")
