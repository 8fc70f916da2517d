"""A proxy under test in a thread of its own, and servers that stand for what lies behind it."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from simulator.runtime.authority import Authority
from simulator.runtime.proxy import Proxy
from simulator.runtime.proxy_rules import Rules


@dataclass
class Seen:
    """One request as a server behind the proxy got it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Cloud:
    """A server that stands for a cloud: it keeps what it saw and answers `status`, `body`."""

    port: int = 0
    status: int = 200
    body: bytes = b"ok"
    seen: list[Seen] = field(default_factory=list)


@contextmanager
def cloud(body: bytes = b"ok") -> Iterator[Cloud]:
    """A cloud on a free port."""
    itself = Cloud(body=body)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def answer(self) -> None:
            if self.headers.get("transfer-encoding") == "chunked":
                body = self._chunks()
            else:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
            itself.seen.append(Seen(self.command, self.path, dict(self.headers.items()), body))
            self.send_response(itself.status)
            self.send_header("content-length", str(len(itself.body)))
            self.end_headers()
            self.wfile.write(itself.body)

        def _chunks(self) -> bytes:
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return body

        do_GET = do_POST = do_PUT = do_DELETE = answer

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    itself.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield itself
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class RunningProxy:
    """A proxy that listens, the bundle that trusts it, and the hosts that it refused aloud."""

    port: int
    authority: Authority
    refused: list[str]

    @property
    def url(self) -> str:
        """As HTTPS_PROXY has it."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def running_proxy(directory: Path, rules: Rules, upstream: str = "") -> Iterator[RunningProxy]:
    """A proxy in a thread with a loop of its own."""
    refused: list[str] = []
    authority = Authority(directory)
    loop = asyncio.new_event_loop()
    proxy = Proxy(authority, rules, refused.append, {"HTTPS_PROXY": upstream})
    port = loop.run_until_complete(proxy.start())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield RunningProxy(port, authority, refused)
    asyncio.run_coroutine_threadsafe(proxy.close(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
