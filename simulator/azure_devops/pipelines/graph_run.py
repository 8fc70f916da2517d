"""Runs the nodes of a graph (stages, or jobs of a stage), each when what it depends on has ended."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from simulator.azure_devops.pipelines.attention import Attention


def ready(nodes: Mapping[str, tuple[str, ...]], begun: frozenset[str], ended: frozenset[str]) -> list[str]:
    """The nodes that may begin now: not begun, and all they depend on has ended. Pure."""
    known = frozenset(nodes)
    return [
        name for name, wanted in nodes.items() if name not in begun and (frozenset(wanted) & known) <= ended
    ]


async def run_graph(
    nodes: Callable[[], Mapping[str, tuple[str, ...]]],
    perform: Callable[[str], Awaitable[None]],
    attention: Attention,
    changed: asyncio.Event | None = None,
) -> None:
    """Perform every node once; nodes that do not depend on each other run side by side. An error ends them all.

    `attention` knows how many are begun and not ended. While nodes go on, `changed` says that `nodes()` may give more
    than before.
    """
    tasks: dict[asyncio.Task[None], str] = {}
    ended: frozenset[str] = frozenset()
    begun: frozenset[str] = frozenset()
    news = changed or asyncio.Event()
    try:
        with attention.beside() as count:
            while len(ended) < len(nodes()):
                for name in ready(nodes(), begun, ended):
                    begun |= {name}
                    tasks[asyncio.ensure_future(_as_coroutine(perform, name))] = name
                count(len(tasks))
                for task in await _first(tasks, news):
                    task.result()
                    ended |= {tasks.pop(task)}
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _first(tasks: Mapping[asyncio.Task[None], str], news: asyncio.Event) -> list[asyncio.Task[None]]:
    """The tasks that have ended, as soon as one has or there is news."""
    waiter = asyncio.ensure_future(news.wait())
    try:
        done, _ = await asyncio.wait((*tasks, waiter), return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiter.cancel()
    news.clear()
    return [task for task in tasks if task in done]


async def _as_coroutine(perform: Callable[[str], Awaitable[None]], name: str) -> None:
    await perform(name)
