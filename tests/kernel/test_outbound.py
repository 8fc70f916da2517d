"""The one door out: real names lead to our ports, every other host is refused by name."""

from __future__ import annotations

import asyncio
import http.server
import threading
from collections.abc import Iterator

import pytest

from simulator.kernel.facts import cause
from simulator.kernel.outbound import Outbound, OutboundFailed, OutboundRefused, Route


class Echo(http.server.BaseHTTPRequestHandler):
    """Answers with the headers it got."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(201)
        self.end_headers()
        self.wfile.write(f"{self.headers['host']} {self.path} {self.headers['x-simulator-cause']}".encode())

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def port() -> Iterator[int]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_real_host_name_leads_to_our_port_with_its_name_and_its_cause(port: int) -> None:
    async def send() -> bytes:
        door = Outbound((Route(r"dev\.azure\.com", f"http://127.0.0.1:{port}"),))
        with cause(42):
            answer = await door.send("POST", "https://dev.azure.com/acme/_apis?x=1", {}, b"{}")
        await door.close()
        return answer.body

    assert asyncio.run(send()) == b"dev.azure.com /acme/_apis?x=1 42"


def test_another_host_is_refused_by_name() -> None:
    with pytest.raises(OutboundRefused, match=r"example\.com is outside the simulation"):
        asyncio.run(Outbound().send("GET", "https://example.com/", {}))


def test_a_port_where_nobody_answers_is_a_failure_not_a_refusal() -> None:
    door = Outbound((Route(r"dev\.azure\.com", "http://127.0.0.1:9"),))

    async def send() -> None:
        try:
            await door.send("GET", "https://dev.azure.com/", {})
        finally:
            await door.close()

    with pytest.raises(OutboundFailed) as failed:
        asyncio.run(send())
    assert not failed.value.timed_out
