"""Moments of the virtual clock that agentless tasks wait for; a timer outlives a restart."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.pipelines.room import Signals
from simulator.kernel.world import Kernel

TIMER = "azure_devops.task_timer"


def register(kernel: Kernel, signals: Signals) -> None:
    """Say what a timer of a task does: it wakes the task."""

    async def wake(payload: dict[str, Any]) -> None:
        signals.set(payload["signal"])

    kernel.scheduler.on(TIMER, wake)


def forget(kernel: Kernel, signal: str) -> None:
    """Nobody waits for that moment any more."""
    kernel.scheduler.cancel(f"task/{signal}")


def wake_at(kernel: Kernel, signal: str, moment: float) -> None:
    """Set the signal at that moment."""
    kernel.scheduler.at(moment, TIMER, {"signal": signal}, f"task/{signal}")
