"""The HTTP servers of the environment, and the one by which the platform hands in events: POST /invocation on 8080."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from environment import Environment

PORT = 8080
_PASSED = ("Lambda-Runtime-Invoked-Function-Arn", "Lambda-Runtime-Trace-Id", "Lambda-Runtime-Client-Context")


class Server(ThreadingHTTPServer):
    """A server that does not wait for idle connections when it ends."""

    daemon_threads = True


class Handler(BaseHTTPRequestHandler):
    """One connection; kept alive between requests."""

    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        """Answers at once: without this a small answer may wait 40 ms for the client's acknowledgement."""
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def body(self) -> bytes:
        """The request's body; the runtime sends some of its own in chunks."""
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        chunks = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    def send(self, status: int, body: bytes, kind: str, headers: Mapping[str, str] | None = None) -> None:
        """Head and body."""
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def send_json(self, status: int, body: Mapping[str, Any]) -> None:
        """An object."""
        self.send(status, json.dumps(body).encode(), "application/json")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """The function's own output is the log; that of the servers would stand between its lines."""


class Invocations(Handler):
    """One connection of the platform."""

    environment: Environment

    def do_POST(self) -> None:
        """One invocation; answered with how it ended, as the environment reports it."""
        event = self.body()
        if self.path != "/invocation":
            self.send_json(404, {"errorMessage": self.path})
            return
        passed = {name: value for name in _PASSED if (value := self.headers.get(name))}
        seconds = float(self.headers["x-timeout-seconds"])
        self.send_json(200, self.environment.invoke(self.headers["x-request-id"], event, passed, seconds))


def serve_invocations(environment: Environment) -> Server:
    """A server on port 8080 of every interface: the platform is outside the environment. Not serving yet."""
    return Server(("0.0.0.0", PORT), type("Invocations", (Invocations,), {"environment": environment}))
