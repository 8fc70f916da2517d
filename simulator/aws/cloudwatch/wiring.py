"""Ties CloudWatch to the timers: called once when the world is put together."""

from __future__ import annotations

from simulator.aws.behaviour import Cloud
from simulator.aws.cloudwatch import watch


def attach(cloud: Cloud) -> None:
    """Let alarms be looked at and act; before `kernel.start()`."""
    watching = watch.Watch(cloud)
    cloud.kernel.scheduler.on(watch.LOOK, watching.look)
    cloud.kernel.scheduler.on(watch.ACT, watching.act)
