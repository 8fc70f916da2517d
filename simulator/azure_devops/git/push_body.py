"""The body of a push as it streams in: its head is read, the pack behind it goes through and is never held."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator

from simulator.azure_devops.git.pkt_line import PushHead, push_head

_LONGEST_HEAD = 16 * 1024 * 1024
_INFLATED_AT_ONCE = 256 * 1024


class PushTooLong(Exception):
    """The commands of a push take more than the server reads."""


class PushBody:
    """Reads the head first; `pack` is the rest."""

    def __init__(self, stream: AsyncIterator[bytes], encoding: str) -> None:
        self._stream = _inflated(stream) if encoding == "gzip" else stream
        self._rest = b""
        self.objects = 0

    async def head(self) -> PushHead:
        """The commands of the push; without any where the body is no push (the probe before a long one)."""
        held = bytearray()
        async for chunk in self._stream:
            held += chunk
            if (found := push_head(bytes(held))) is not None:
                self._rest = bytes(held[found.length :])
                return found
            if len(held) > _LONGEST_HEAD:
                raise PushTooLong
        return PushHead((), frozenset())

    async def pack(self) -> AsyncIterator[bytes]:
        """The pack, chunk by chunk."""
        first = self._rest
        async for chunk in self._after(first):
            if not self.objects and chunk[:4] == b"PACK" and len(chunk) >= 12:
                self.objects = int.from_bytes(chunk[8:12], "big")
            yield chunk

    async def _after(self, first: bytes) -> AsyncIterator[bytes]:
        """The rest, with at least the twelve bytes of a pack's head in its first piece."""
        held = first
        async for chunk in self._stream:
            held += chunk
            if len(held) >= 12:
                yield held
                held = b""
        if held:
            yield held


async def _inflated(stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    inflater = zlib.decompressobj(wbits=31)
    async for chunk in stream:
        held = chunk
        while held:
            yield inflater.decompress(held, _INFLATED_AT_ONCE)
            held = inflater.unconsumed_tail
    yield inflater.flush()
