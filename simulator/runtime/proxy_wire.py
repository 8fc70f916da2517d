"""One end of an HTTP/1.1 connection: h11 does the framing, asyncio's streams the bytes."""

import asyncio
import socket
from typing import Any, TypeVar

import h11

CHUNK_BYTES = 1 << 16
GOODBYE_SECONDS = 1.0  # TLS waits for an answer to its end, and many clients give none
Role = TypeVar("Role")

# What belongs to one connection and not to the message (RFC 9110, 7.6.1); Expect is answered by the proxy itself.
HOP_BY_HOP = frozenset(
    (b"connection", b"proxy-connection", b"keep-alive", b"proxy-authorization", b"te", b"upgrade", b"expect")
)  # fmt: skip


class Wire:
    """A connection on which h11 events are sent and received."""

    def __init__(self, role: Any, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.http = h11.Connection(role, max_incomplete_event_size=1 << 20)
        self.reader, self.writer = reader, writer
        no_delay(writer)

    async def receive(self) -> Any:
        """The next event of the other side; a client that waits for "100 Continue" is told to go on."""
        while True:
            event = self.http.next_event()
            if event is not h11.NEED_DATA:
                return event
            if self.http.they_are_waiting_for_100_continue:
                await self.send(h11.InformationalResponse(status_code=100, headers=[]))
            self.http.receive_data(await self.reader.read(CHUNK_BYTES))

    async def send(self, event: Any) -> None:
        """Send one event, and wait while the other side is slow to read."""
        data = self.http.send(event)
        if data:
            self.writer.write(data)
            await self.writer.drain()

    async def answer(self, status: int, text: str, reason: str = "") -> None:
        """A whole answer of plain text."""
        body = f"{text}\n".encode()
        headers = [("content-type", "text/plain; charset=utf-8"), ("content-length", str(len(body)))]
        await self.send(
            h11.Response(status_code=status, headers=headers, reason=reason.encode("ascii", "replace"))
        )
        await self.send(h11.Data(data=body))
        await self.send(h11.EndOfMessage())

    def next_message(self) -> bool:
        """Get ready for another message; False when the connection has to end instead."""
        if self.http.our_state is h11.DONE and self.http.their_state is h11.DONE:
            self.http.start_next_cycle()
            return True
        return False


def end_to_end(message: h11.Request | h11.Response) -> list[tuple[bytes, bytes]]:
    """The headers that the next one on the way shall get, with the capitals that they came with."""
    return [(name, value) for name, value in message.headers.raw_items() if name.lower() not in HOP_BY_HOP]


def no_delay(writer: asyncio.StreamWriter) -> None:
    """Send small writes at once: head and body written apart would otherwise wait 40 ms for each other."""
    connection = writer.get_extra_info("socket")
    if connection is not None and connection.family != socket.AF_UNIX:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


async def hang_up(writer: asyncio.StreamWriter) -> None:
    """Close a connection; that the other side was faster, or does not say goodbye, is no error."""
    writer.close()
    try:
        async with asyncio.timeout(GOODBYE_SECONDS):
            await writer.wait_closed()
    except TimeoutError:
        writer.transport.abort()
    except OSError:  # reset by the other side
        return
