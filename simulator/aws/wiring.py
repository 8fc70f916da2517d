"""Ties the services that read facts or keep timers to the kernel: once, before it starts."""

from __future__ import annotations

from simulator.aws.behaviour import Cloud
from simulator.aws.eventbridge import wiring as eventbridge_wiring


def attach(cloud: Cloud) -> None:
    """Every service that lives without being called; behaviours load when their service is first called."""
    eventbridge_wiring.attach(cloud)
