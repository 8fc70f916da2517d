"""Pauses of steps in virtual time: kept as timers, so that `advance` fires them and a restart keeps them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from simulator.aws.behaviour import Cloud
from simulator.aws.sagemaker.pipelines.execution import Execution
from simulator.kernel.world import Kernel

_TIMER = "sagemaker.pipeline_pause"
_waiting: WeakKeyDictionary[Kernel, dict[str, asyncio.Event]] = WeakKeyDictionary()


def register(cloud: Cloud) -> None:
    """Say what the timers do; call once."""

    async def over(payload: dict[str, Any]) -> None:
        _ring(cloud.kernel, payload["step"])

    cloud.kernel.scheduler.on(_TIMER, over)


async def until(execution: Execution, step: str, moment: float, ready: Callable[[], bool]) -> None:
    """Wait until virtual time has reached `moment`, or somebody wakes the step. The world is at rest meanwhile.

    `ready` says whether what is waited for has come already.
    """
    kernel, key = execution.kernel, f"{execution.key}/{step}"
    event = _waiting.setdefault(kernel, {})[key] = asyncio.Event()
    if kernel.clock.now() < moment and not ready():
        kernel.scheduler.at(moment, _TIMER, {"step": key}, key=f"{_TIMER}/{key}")
        with kernel.activity.resting(execution.busy(step)):
            await event.wait()
    _waiting[kernel].pop(key, None)


def wake(execution: Execution, step: str) -> None:
    """End the pause of a step now."""
    execution.kernel.scheduler.cancel(f"{_TIMER}/{execution.key}/{step}")
    _ring(execution.kernel, f"{execution.key}/{step}")


def _ring(kernel: Kernel, key: str) -> None:
    if event := _waiting.get(kernel, {}).get(key):
        event.set()
