"""Answers /ping and /invocations on port 8080 with the fitted line: csv rows in, one prediction a line out."""

from __future__ import annotations

import json
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))


def predict(weights: tuple[float, ...], text: str) -> str:
    """A prediction a row; raises ValueError for a row that does not fit the model."""
    answers = []
    for line in text.split():
        values = [1.0, *map(float, line.split(","))]
        if len(values) != len(weights):
            raise ValueError(f"expected {len(weights) - 1} values in a row, got {len(values) - 1}")
        answers.append(sum(weight * value for weight, value in zip(weights, values, strict=True)))
    return "".join(f"{answer}\n" for answer in answers)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    weights: tuple[float, ...] = ()

    def do_GET(self) -> None:
        """Healthy as soon as it listens: the model is read before."""
        self.answer(200 if self.path == "/ping" else 404, "")

    def do_POST(self) -> None:
        """One inference."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path != "/invocations":
            self.answer(404, "")
        elif not (self.headers.get("Content-Type") or "").startswith("text/csv"):
            self.answer(415, "only text/csv is read here")
        else:
            try:
                self.answer(200, predict(self.weights, body.decode()))
            except ValueError as failure:
                self.answer(400, str(failure))

    def answer(self, status: int, text: str) -> None:
        """Head and body."""
        self.send_response(status)
        self.send_header("Content-Type", "text/csv")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Health checks would fill the log."""


def main() -> int:
    """Serves until it is told to stop."""
    Handler.weights = tuple(json.loads((ROOT / "model/weights.json").read_text()))
    server = ThreadingHTTPServer(("0.0.0.0", int(os.environ.get("SAGEMAKER_BIND_TO_PORT", "8080"))), Handler)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"serving on port {server.server_port}", flush=True)
    server.serve_forever()
    return 0
