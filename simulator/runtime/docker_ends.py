"""The simulator's end of what a container reaches: a socket file for each port that works see."""

import asyncio
import contextlib
import os
import socket
from pathlib import Path

from simulator.runtime.joined_streams import join
from simulator.runtime.reach import End


class DockerEnds:
    """Socket files in `directory`, named by port, each joined to an end on the host."""

    def __init__(self, directory: Path, ends: dict[int, End]) -> None:
        self._directory, self._ends = directory, ends
        self._servers: list[asyncio.Server] = []
        self._open = asyncio.Lock()

    async def open(self) -> None:
        """Listen, unless that is done already; what an earlier process left is replaced."""
        async with self._open:
            if self._servers:
                return
            for port, end in self._ends.items():
                listener = _bind(self._directory, str(port))

                async def joined(
                    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, end: End = end
                ) -> None:
                    await _join(reader, writer, end)

                self._servers.append(await asyncio.start_unix_server(joined, sock=listener))

    async def close(self) -> None:
        """Stop listening."""
        for server in self._servers:
            server.close()
        self._servers.clear()


def _bind(directory: Path, name: str) -> socket.socket:
    (directory / name).unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    descriptor = os.open(directory, os.O_PATH | os.O_DIRECTORY)
    try:  # through the descriptor, because the path of a socket may be 108 bytes long and no longer
        listener.bind(f"/proc/self/fd/{descriptor}/{name}")
    finally:
        os.close(descriptor)
    return listener


async def _join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, end: End) -> None:
    """Carry bytes both ways until both sides have said all; who cannot be reached closes the connection."""
    try:
        if isinstance(end, int):
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", end)
        else:
            far_reader, far_writer = await asyncio.open_unix_connection(end)
    except OSError:
        writer.close()
        return
    with contextlib.suppress(OSError):  # either has gone: closing tells the other
        await join((reader, writer), (far_reader, far_writer))
    writer.close()
