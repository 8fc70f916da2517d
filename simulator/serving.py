"""Several HTTP applications on one event loop, each on its own loopback port."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp


class PortTaken(Exception):
    """The port cannot be had: another program listens on it, or the system does not allow it."""


class _Server(uvicorn.Server):
    """A server that leaves the process's signals alone: the command that started it handles them for all."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 lets the system choose. Raises PortTaken naming the port."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Connections inherit it. Without it an answer of two writes waits 40 ms for the client's delayed acknowledgement;
    # asyncio sets it only on sockets that were made with the protocol's number.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise PortTaken(
            f"cannot listen on {host}:{port} ({error.strerror}); choose another port: "
            "--aws-port, --azure-devops-port or --console-port"
        ) from error
    listener.listen(256)
    listener.setblocking(False)
    return listener


class Serving:
    """Runs applications until `stop`."""

    def __init__(self) -> None:
        self._servers: list[_Server] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, application: ASGIApp, listener: socket.socket) -> None:
        """Serve `application` on a listening socket; returns when it accepts requests."""
        config = uvicorn.Config(
            application,
            log_level="warning",
            lifespan="off",
            timeout_keep_alive=60,
            access_log=False,
            server_header=False,
        )
        server = _Server(config)
        self._servers.append(server)
        self._tasks.append(asyncio.create_task(server.serve(sockets=[listener]), name="http server"))
        await server.ready.wait()

    async def stop(self) -> None:
        """Stop accepting, let no request linger."""
        for server in self._servers:
            server.should_exit = True
            server.force_exit = True
        await asyncio.gather(*self._tasks, return_exceptions=True)
