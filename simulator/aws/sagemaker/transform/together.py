"""Several pieces of work, some of them at once, their results in order."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

Result = TypeVar("Result")


async def together(works: Iterable[Coroutine[Any, Any, Result]], at_once: int) -> list[Result]:
    """The results in the order of `works`; the first error ends the others and is raised."""
    waiting, results = iter(enumerate(works)), dict[int, Result]()

    async def work() -> None:
        for number, one in waiting:
            results[number] = await one

    workers = [asyncio.create_task(work()) for _ in range(at_once)]
    try:
        await asyncio.gather(*workers)
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
    return [results[number] for number in sorted(results)]
