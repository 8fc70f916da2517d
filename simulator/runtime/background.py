"""Calls that block, for how long nobody knows, in threads that do not keep the process alive."""

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def in_background(call: Callable[[], T]) -> T:
    """Run the call in a thread of its own; its value, or what it raised."""
    loop, result = asyncio.get_running_loop(), asyncio.get_running_loop().create_future()

    def settle(value: T | None, failure: BaseException | None) -> None:
        if result.cancelled():
            return
        if failure is None:
            result.set_result(value)
        else:
            result.set_exception(failure)

    def run() -> None:
        try:
            value = call()
        except BaseException as failure:  # noqa: BLE001 - handed on to who waits
            tell(loop, settle, None, failure)
        else:
            tell(loop, settle, value, None)

    threading.Thread(target=run, daemon=True).start()
    answer: T = await result
    return answer


def tell(loop: asyncio.AbstractEventLoop, call: Callable[..., None], *arguments: object) -> None:
    """Call something on the loop from a thread, unless the loop has ended."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(call, *arguments)
