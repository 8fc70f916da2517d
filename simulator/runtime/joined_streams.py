"""Two connections joined: what one says is carried to the other, both ways."""

import asyncio

from simulator.runtime.proxy_wire import CHUNK_BYTES, no_delay

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def join(one: Streams, other: Streams) -> None:
    """Carry bytes both ways until both sides have said all, then close `other`; raises OSError when one breaks off."""
    no_delay(other[1])
    ways = [asyncio.create_task(_carry(one[0], other[1])), asyncio.create_task(_carry(other[0], one[1]))]
    try:
        await asyncio.gather(*ways)
    finally:
        other[1].close()
        for way in ways:
            way.cancel()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(CHUNK_BYTES):
        writer.write(data)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()
