"""Follows a growing file line by line, woken by the kernel (inotify) and never by a timer."""

import asyncio
import codecs
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

from simulator.runtime.sandbox.kernel_calls import check, libc

IN_MODIFY = 0x2
CHUNK_BYTES = 1 << 16


class Growth:
    """Tells followers that a file has grown; one kernel watch however many follow it."""

    def __init__(self) -> None:
        self._descriptor: int | None = None
        self._followers: dict[int, list[asyncio.Event]] = {}

    @contextmanager
    def of(self, path: Path) -> Iterator[asyncio.Event]:
        """An event that is set whenever the file at `path` was written to."""
        if self._descriptor is None:
            self._descriptor = check(libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC), "following logs")
            asyncio.get_running_loop().add_reader(self._descriptor, self._told)
        watch = check(
            libc.inotify_add_watch(self._descriptor, bytes(path), IN_MODIFY), f"following {path.name}"
        )
        event = asyncio.Event()
        followers = self._followers.setdefault(watch, [])
        followers.append(event)
        try:
            yield event
        finally:
            followers.remove(event)
            if not followers and self._descriptor is not None:
                del self._followers[watch]
                libc.inotify_rm_watch(self._descriptor, watch)  # fails, as it may, when the file was removed

    def close(self) -> None:
        """Stop telling."""
        if self._descriptor is not None:
            asyncio.get_running_loop().remove_reader(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = None

    def _told(self) -> None:
        assert self._descriptor is not None
        told = os.read(self._descriptor, CHUNK_BYTES)
        while told:  # struct inotify_event: int wd, three uint32 of which the last is the length of a name
            watch, name_bytes = int.from_bytes(told[:4], "little"), int.from_bytes(told[12:16], "little")
            told = told[16 + name_bytes :]
            for event in self._followers.get(watch, []):
                event.set()


async def follow(path: Path, growth: Growth, ended: asyncio.Event) -> AsyncIterator[str]:
    """Every line of the file from its start, without line ends; finishes when `ended` is set and all is read."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    rest = ""
    with path.open("rb") as file, growth.of(path) as grown:
        while True:
            grown.clear()
            last = ended.is_set()  # asked before reading: what is written before the end is read after this
            while data := file.read(CHUNK_BYTES):
                *lines, rest = (rest + decoder.decode(data)).split("\n")
                for line in lines:
                    yield line.removesuffix("\r")
            if last:
                break
            await _either(grown, ended)
    rest += decoder.decode(b"", final=True)
    if rest:
        yield rest


async def _either(one: asyncio.Event, other: asyncio.Event) -> None:
    waiting = {asyncio.ensure_future(one.wait()), asyncio.ensure_future(other.wait())}
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waiting:
            each.cancel()
