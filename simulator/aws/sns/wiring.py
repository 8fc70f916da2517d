"""Ties SNS to the timers: called once when the world is put together."""

from __future__ import annotations

from simulator.aws.behaviour import Cloud
from simulator.aws.sns.deliver import ACTION, Deliver


def attach(cloud: Cloud) -> None:
    """Let notifications be delivered; before `kernel.start()`."""
    cloud.kernel.scheduler.on(ACTION, Deliver(cloud).attempt)
