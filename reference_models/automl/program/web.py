"""The HTTP side of a serving container: /ping, /execution-parameters and /invocations on port 8080."""

from __future__ import annotations

import os
import signal
import socket
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

DEFAULT_PORT = 8080


@dataclass(frozen=True)
class Answer:
    """What one invocation gives back."""

    body: bytes
    content_type: str = "text/csv; charset=utf-8"
    status: int = 200


class Refused(Exception):
    """The request cannot be answered; `status` says whose fault it is."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


# body, content type, accepted type
Invoke = Callable[[bytes, str, str], Answer]


class Handler(BaseHTTPRequestHandler):
    """One connection; kept alive between requests."""

    protocol_version = "HTTP/1.1"
    invoke: Invoke

    def setup(self) -> None:
        """Answers at once: without this a small answer may wait 40 ms for the client's acknowledgement."""
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def do_GET(self) -> None:
        """Health; other paths do not exist, so that the platform falls back to its own defaults."""
        self.send(Answer(b"", status=200 if self.path == "/ping" else 404))

    def do_POST(self) -> None:
        """One inference."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path != "/invocations":
            self.send(Answer(b"", status=404))
            return
        self.send(self.answer(body))

    def answer(self, body: bytes) -> Answer:
        """The answer, a refusal, or a 500 whose trace goes to the log and whose last line to the caller."""
        content_type = self.headers.get("Content-Type") or ""
        try:
            return type(self).invoke(body, content_type, self.headers.get("Accept") or "")
        except Refused as refusal:
            return Answer(str(refusal).encode(), "text/html; charset=utf-8", refusal.status)
        except Exception as failure:  # the user's own code may raise anything, and the server lives on
            traceback.print_exc()
            return Answer(f"{type(failure).__name__}: {failure}".encode(), "text/plain", 500)

    def send(self, answer: Answer) -> None:
        """Head and body in one write."""
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Health checks would fill the log; everything else is logged as a web server does."""
        if self.path != "/ping":
            super().log_message(format, *args)


class Server(ThreadingHTTPServer):
    """A server that takes a burst of connections and does not wait for idle ones when it ends."""

    daemon_threads = True
    request_queue_size = 128


def serve(invoke: Invoke) -> None:
    """Answers until SIGTERM or SIGINT."""
    handler = type("InvokingHandler", (Handler,), {"invoke": staticmethod(invoke)})
    port = int(os.environ.get("SAGEMAKER_BIND_TO_PORT", DEFAULT_PORT))
    server = Server(("0.0.0.0", port), handler)  # the platform reaches it from outside the container
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"serving on port {server.server_port}", flush=True)
    server.serve_forever(poll_interval=0.1)
    server.server_close()
