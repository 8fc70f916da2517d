"""A Docker engine in name only, for suites whose fixtures build an image: it says yes, and what runs is our stand-in.

The SDK's tests build `python + aws CLI + this SDK` and push it to ECR. Here that is the reference image `base_python`,
named in the topology of the run, and the ledger says so. Nothing is built: what is asked is answered as the engine
would (Docker Engine API v1.41: /version, /build, /images/NAME/json, /images/NAME/tag, /images/NAME/push).
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

IMAGE_ID = "0123456789ab"


class _Engine(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Version of the engine, and an image as it would be described."""
        if self.path.endswith("/version"):
            self._say({"Version": "20.10.24", "ApiVersion": "1.41", "MinAPIVersion": "1.12", "Os": "linux"})
        elif re.search(r"/images/.+/json$", self.path):
            self._say({"Id": f"sha256:{IMAGE_ID}", "RepoTags": [], "Os": "linux", "Architecture": "amd64"})
        else:
            self._say({"message": f"page not found: {self.path}"}, 404)

    def do_POST(self) -> None:
        """Build, tag and push: done at once."""
        self._read()
        path = self.path.partition("?")[0]
        if path.endswith("/build"):
            self._say({"stream": f"Successfully built {IMAGE_ID}\n"})
        elif path.endswith("/tag"):
            self._say(None, 201)
        elif path.endswith("/push"):
            self._say({"status": "pushed"})
        else:
            self._say({"message": f"page not found: {self.path}"}, 404)

    def _read(self) -> None:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            while size := int(self.rfile.readline().split(b";")[0], 16):
                self.rfile.read(size + 2)
            self.rfile.readline()
        else:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _say(self, answer: object, status: int = 200) -> None:
        body = b"" if answer is None else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Nothing: the suite has its own log."""


@contextmanager
def docker_stand_in() -> Iterator[str]:
    """The DOCKER_HOST of the stand-in while inside."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Engine)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"tcp://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
