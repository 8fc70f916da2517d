"""Ties EventBridge Scheduler to the timers: called once when the world is put together."""

from __future__ import annotations

from simulator.aws.behaviour import Cloud
from simulator.aws.scheduler.firing import DELIVER, FIRE, Firing


def attach(cloud: Cloud) -> None:
    """Let schedules fire; before `kernel.start()`."""
    firing = Firing(cloud)
    cloud.kernel.scheduler.on(FIRE, firing.fire)
    cloud.kernel.scheduler.on(DELIVER, firing.deliver)
