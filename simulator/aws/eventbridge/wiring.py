"""Ties EventBridge to the log and to the timers: called once when the world is put together."""

from __future__ import annotations

from functools import partial

from simulator.aws.eventbridge import queue, schedule
from simulator.aws.eventbridge.delivery import Delivery
from simulator.aws.eventbridge.targets.invocation import AuthorizingCloud


def attach(cloud: AuthorizingCloud) -> None:
    """Let EventBridge read facts and fire its timers; before `kernel.start()`."""
    delivery, kernel = Delivery(cloud), cloud.kernel
    kernel.log.add_consumer("eventbridge", delivery.match)
    kernel.scheduler.on(queue.ACTION, delivery.attempt)
    kernel.scheduler.on(schedule.ACTION, partial(schedule.fire, kernel))
