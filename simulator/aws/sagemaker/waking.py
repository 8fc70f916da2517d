"""SageMaker is loaded when a process finds work of it, or else with the first call to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from simulator.aws.behaviour import Cloud

_SERVICES = ("sagemaker", "sagemaker-metrics", "sagemaker-runtime", "sagemaker-featurestore-runtime")


class WaitingCloud(Cloud, Protocol):
    """A cloud that says when a service is called for the first time."""

    at_first_call: dict[str, Callable[[], None]]


def attach(cloud: WaitingCloud) -> None:
    """Let SageMaker's own work go on: now if it has rows, for then it may have work; else from the first call on."""
    woken = False

    def wake() -> None:
        nonlocal woken
        if not woken:
            woken = True
            from simulator.aws.sagemaker import life

            life.resume(cloud)

    if cloud.kernel.store.holds("sagemaker."):
        wake()
        return
    for service in _SERVICES:
        cloud.at_first_call[service] = wake
