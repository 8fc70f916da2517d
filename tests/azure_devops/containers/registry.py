"""The least Docker registry: basic authorization, blobs and manifests in memory, pushed and pulled.

Source: the OCI distribution specification, the end points that a Docker engine asks for.
"""

from __future__ import annotations

import base64
import hashlib
import re
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Registry:
    """A registry on a free port of loopback that `user` may use; `manifests` are those pushed, by `repository:tag`."""

    def __init__(self, user: str, password: str) -> None:
        self.wanted = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        self.blobs: dict[str, bytes] = {}
        self.manifests: dict[str, tuple[str, bytes]] = {}
        self.uploads: dict[str, bytes] = {}
        registry = self

        class Handler(_Handler):
            shop = registry

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def name(self) -> str:
        """How images name it."""
        return f"localhost:{self._server.server_address[1]}"

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    shop: Registry

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""

    def do_GET(self) -> None:
        self._asked()

    do_HEAD = do_POST = do_PATCH = do_PUT = do_GET

    def _asked(self) -> None:
        body = self._body()
        if self.headers.get("Authorization") != self.shop.wanted:
            self._answer(401, headers={"WWW-Authenticate": 'Basic realm="registry"'})
            return
        path, _, query = self.path.partition("?")
        if found := re.fullmatch(r"/v2/(.+)/manifests/(.+)", path):
            self._manifest(f"{found[1]}:{found[2]}", body)
        elif found := re.fullmatch(r"/v2/(.+)/blobs/uploads/(.*)", path):
            self._upload(found[1], found[2], query, body)
        elif found := re.fullmatch(r"/v2/(.+)/blobs/(.+)", path):
            blob = self.shop.blobs.get(found[2])
            self._answer(404) if blob is None else self._answer(200, blob)
        else:
            self._answer(200, b"{}")

    def _manifest(self, name: str, body: bytes) -> None:
        if self.command == "PUT":
            digest = _digest(body)
            for each in (name, f"{name.rpartition(':')[0]}:{digest}"):
                self.shop.manifests[each] = (self.headers["Content-Type"], body)
            self._answer(201, headers={"Docker-Content-Digest": digest})
            return
        # A digest has a colon of its own: `repository:sha256:...` is looked for as it stands.
        known = self.shop.manifests.get(name)
        if known is None:
            self._answer(404)
        else:
            self._answer(
                200, known[1], {"Content-Type": known[0], "Docker-Content-Digest": _digest(known[1])}
            )

    def _upload(self, repository: str, number: str, query: str, body: bytes) -> None:
        number = number or uuid.uuid4().hex
        self.shop.uploads[number] = self.shop.uploads.get(number, b"") + body
        place = {"Location": f"/v2/{repository}/blobs/uploads/{number}", "Docker-Upload-UUID": number}
        if self.command == "PUT":
            blob = self.shop.uploads.pop(number)
            self.shop.blobs[_digest(blob)] = blob
            self._answer(201, headers={"Docker-Content-Digest": _digest(blob), "Location": "/"})
        else:
            self._answer(202, headers={**place, "Range": f"0-{max(len(self.shop.uploads[number]) - 1, 0)}"})

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        found = b""
        while size := int(self.rfile.readline(), 16):
            found += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return found

    def _answer(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"
