"""Runs the nodes of a graph (stages, or jobs of a stage), each when what it depends on has ended."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping


def ready(nodes: Mapping[str, tuple[str, ...]], begun: frozenset[str], ended: frozenset[str]) -> list[str]:
    """The nodes that may begin now: not begun, and all they depend on has ended. Pure."""
    known = frozenset(nodes)
    return [
        name for name, wanted in nodes.items() if name not in begun and (frozenset(wanted) & known) <= ended
    ]


async def run_graph(
    nodes: Mapping[str, tuple[str, ...]],
    perform: Callable[[str], Awaitable[None]],
    begun_now: Callable[[int], None] = lambda _: None,
) -> None:
    """Perform every node once; nodes that do not depend on each other run side by side. An error ends them all.

    `begun_now` is told how many are begun and not ended, each time that changes.
    """
    tasks: dict[asyncio.Task[None], str] = {}
    ended: frozenset[str] = frozenset()
    begun: frozenset[str] = frozenset()
    try:
        while len(ended) < len(nodes):
            for name in ready(nodes, begun, ended):
                begun |= {name}
                tasks[asyncio.ensure_future(_as_coroutine(perform, name))] = name
            begun_now(len(tasks))
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
                ended |= {tasks.pop(task)}
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _as_coroutine(perform: Callable[[str], Awaitable[None]], name: str) -> None:
    await perform(name)
