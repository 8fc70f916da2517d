"""Ties Lambda to timers, links and the engine: called once when the world is put together."""

from __future__ import annotations

from simulator.aws.behaviour import Cloud
from simulator.aws.lambda_ import environments, links, states, tasks
from simulator.aws.lambda_.asynchronous import ACTION, Deliver


def attach(cloud: Cloud) -> None:
    """Let events be delivered; end what an earlier process left running; go on with what was being created."""
    kernel = cloud.kernel
    kernel.scheduler.on(ACTION, Deliver(cloud).attempt)
    links.serve(kernel)
    tasks.spawn(kernel, "lambda: old environments", environments.end_strangers(cloud), busy=False)
    states.resume(cloud)


async def detach(cloud: Cloud) -> None:
    """Let go of tasks, and end the environments: the next process starts its own."""
    await tasks.stop(cloud.kernel)
    await environments.end_all(cloud)
