"""Somebody outside of the simulation: answers as the test says, and remembers what was asked."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Outside:
    """An HTTP server; `answers` are given in turn as (status, body), the last one from then on."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answers: list[tuple[int, bytes]] = [(200, b"{}")]
        self.by_path: dict[str, list[tuple[int, bytes]]] = {}
        self._came = threading.Condition()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def _serve(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked = Asked(self.command, self.path, headers, self.rfile.read(length))
                with outer._came:
                    outer.asked.append(asked)
                    outer._came.notify_all()
                answers = outer.by_path.get(self.path, outer.answers)
                status, body = answers.pop(0) if len(answers) > 1 else answers[0]
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = _serve

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()

    def wait(self, path: str, count: int) -> list[Asked]:
        """The requests for a path, as soon as there are so many of them."""

        def came() -> list[Asked]:
            return [one for one in self.asked if one.path.startswith(path)]

        with self._came:
            assert self._came.wait_for(lambda: len(came()) >= count, 60), "nobody asked"
        return came()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
