"""A small HTTP endpoint for tests of API destinations: it keeps what it received and answers as it is told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Received:
    """One request."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """`answers` are used up one by one as (status, headers, body); after them each path is answered as
    `once` says, once, and every other answer is 200.

    While `held` has numbers, the request of that number (from 1) is not answered before the block ends.
    """

    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    requests: list[Received] = field(default_factory=list)
    url: str = ""
    once: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    held: set[int] = field(default_factory=set)
    released: threading.Event = field(default_factory=threading.Event)


@contextmanager
def receiver() -> Iterator[Receiver]:
    """Listen on a free port of this machine until the block ends."""
    state = Receiver()

    class Handler(BaseHTTPRequestHandler):
        """Keeps and answers."""

        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            headers = {name.lower(): value for name, value in self.headers.items()}
            state.requests.append(Received(self.command, self.path, headers, body))
            if len(state.requests) in state.held:
                state.released.wait(60)
            first = state.once.pop(self.path, (200, {}, b"{}"))
            status, extra, answer = state.answers.pop(0) if state.answers else first
            self.send_response(status)
            for name, value in {**extra, "content-length": str(len(answer))}.items():
                self.send_header(name, value)
            with suppress(BrokenPipeError, ConnectionResetError):  # a client that gave up waiting
                self.end_headers()
                self.wfile.write(answer)

        do_POST = do_PUT = do_GET = _any

        def log_message(self, *_: object) -> None:
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        state.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
