"""The proxy through which user code, unmodified, names the real hosts: it brings them to the simulator.

It answers for the clouds' host names with certificates of the local authority, passes package registries through
(by way of this machine's own proxy, if it has one), and refuses every other host by name.
"""

import asyncio
import base64
import os
import ssl
from collections.abc import Callable, Mapping
from urllib.parse import unquote, urlsplit

import h11

from simulator.runtime.authority import Authority
from simulator.runtime.joined_streams import Streams, join
from simulator.runtime.proxy_rules import Answered, Passed, Refused, Rules, decide
from simulator.runtime.proxy_wire import CHUNK_BYTES, Wire, end_to_end, hang_up


class Proxy:
    """An HTTP proxy on loopback. `on_refused(host)` hears of each refusal that somebody should know about.

    `environment` is asked for HTTPS_PROXY, the proxy of this machine through which registries are reached.
    """

    def __init__(
        self,
        authority: Authority,
        rules: Rules,
        on_refused: Callable[[str], None] = lambda host: None,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self._authority, self._rules, self._on_refused = authority, rules, on_refused
        self._upstream = urlsplit(environment.get("HTTPS_PROXY") or environment.get("https_proxy") or "")
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def start(self, port: int = 0) -> int:
        """Listen on `port` of loopback (0: any free one); the port."""
        self._server = await asyncio.start_server(self._accepted, "127.0.0.1", port, limit=CHUNK_BYTES)
        chosen: int = self._server.sockets[0].getsockname()[1]
        return chosen

    async def close(self) -> None:
        """Stop listening and cut what is open."""
        if self._server is not None:
            self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        if self._server is not None:
            await self._server.wait_closed()

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            await self._converse(Wire(h11.SERVER, reader, writer))
        except (OSError, ssl.SSLError, h11.ProtocolError, asyncio.IncompleteReadError):
            pass  # the client went away, distrusts our certificate or does not speak HTTP: there is nobody to tell
        except asyncio.CancelledError:  # the proxy closes; asyncio's streams would report it as an error
            writer.transport.abort()
        finally:
            self._connections.discard(task)
            await hang_up(writer)

    async def _converse(self, client: Wire) -> None:
        """Answer the requests of one connection to the proxy: CONNECT, or requests with the whole URL."""
        while isinstance(request := await client.receive(), h11.Request):
            if request.method == b"CONNECT":
                await self._connect(client, request)
                return
            await self._whole_url(client, request)
            if not client.next_message():
                return

    async def _connect(self, client: Wire, request: h11.Request) -> None:
        host, _, port = request.target.decode("ascii").rpartition(":")
        decision = decide(host, int(port), self._rules)
        if isinstance(decision, Refused):
            await self._refuse(client, host, decision)
        elif isinstance(decision, Answered):
            await client.send(h11.Response(status_code=200, headers=[], reason=b"Connected"))
            await client.writer.start_tls(self._authority.context(host.lower().rstrip(".")))
            await self._answer_for(Wire(h11.SERVER, client.reader, client.writer), decision)
        else:
            try:
                far = await self._dial(host, int(port))
            except OSError as failure:
                await client.answer(502, f"{host} cannot be reached: {failure}")
                return
            await client.send(h11.Response(status_code=200, headers=[], reason=b"Connected"))
            await join((client.reader, client.writer), far)

    async def _answer_for(self, client: Wire, decision: Answered) -> None:
        """Hand the requests of a connection that has come to the simulator's clouds on to them."""
        while isinstance(request := await client.receive(), h11.Request):
            headers = [*end_to_end(request), (b"x-forwarded-proto", b"https")]
            onward = h11.Request(method=request.method, target=request.target, headers=headers)
            await _exchange(client, onward, "127.0.0.1", decision.port)
            if not client.next_message():
                return

    async def _whole_url(self, client: Wire, request: h11.Request) -> None:
        parts = urlsplit(request.target.decode("ascii"))
        host, port = parts.hostname or "", parts.port or 80
        if parts.scheme != "http" or not host:
            await client.answer(400, "This is a proxy: ask it for http://HOST/PATH or CONNECT HOST:PORT.")
            return
        decision = decide(host, port, self._rules)
        if isinstance(decision, Refused):
            await self._refuse(client, host, decision)
            return
        path = parts._replace(scheme="", netloc="").geturl() or "/"
        headers = end_to_end(request)
        if isinstance(decision, Passed) and self._upstream.hostname:
            path = request.target.decode("ascii")
            headers += self._upstream_credentials()
            host, port = self._upstream.hostname, self._upstream.port or 80
        elif isinstance(decision, Answered):
            host, port = "127.0.0.1", decision.port
        await _exchange(client, h11.Request(method=request.method, target=path, headers=headers), host, port)

    async def _refuse(self, client: Wire, host: str, refused: Refused) -> None:
        if not refused.quiet:
            self._on_refused(host)
        # Clients show the reason of a refused CONNECT and hide its body.
        await client.answer(403, refused.message, f"Forbidden: {host} is outside the simulation")

    async def _dial(self, host: str, port: int) -> Streams:
        """A connection to an allowed host, through this machine's own proxy if it has one."""
        if not self._upstream.hostname:
            return await asyncio.open_connection(host, port)
        streams = await asyncio.open_connection(self._upstream.hostname, self._upstream.port or 80)
        upstream = Wire(h11.CLIENT, *streams)
        target = f"{host}:{port}"
        headers = [(b"host", target.encode()), *self._upstream_credentials()]
        await upstream.send(h11.Request(method="CONNECT", target=target, headers=headers))
        await upstream.send(h11.EndOfMessage())
        answer = await upstream.receive()
        if not isinstance(answer, h11.Response) or answer.status_code != 200:
            await hang_up(upstream.writer)
            said = answer.status_code if isinstance(answer, h11.Response) else "nothing"
            raise ConnectionRefusedError(f"the proxy {self._upstream.hostname} answered {said}")
        return streams

    def _upstream_credentials(self) -> list[tuple[bytes, bytes]]:
        if self._upstream.username is None:
            return []
        pair = f"{unquote(self._upstream.username)}:{unquote(self._upstream.password or '')}"
        return [(b"proxy-authorization", b"Basic " + base64.b64encode(pair.encode()))]


async def _exchange(client: Wire, request: h11.Request, host: str, port: int) -> None:
    """Send one request on and its answer back, both as they come; a server may answer before it has heard all."""
    try:
        far = Wire(h11.CLIENT, *await asyncio.open_connection(host, port))
    except OSError as failure:
        await client.answer(502, f"Nobody listens at {host}:{port}: {failure}")
        return
    upload = asyncio.create_task(_upload(client, request, far))
    try:
        await _download(far, client)
    finally:  # without waiting, so that being cancelled here leaves nothing open
        far.writer.close()
        upload.cancel()


async def _upload(client: Wire, request: h11.Request, far: Wire) -> None:
    try:
        await far.send(request)
        while isinstance(event := await client.receive(), h11.Data):
            await far.send(event)
        await far.send(event)
    except (
        OSError,
        h11.ProtocolError,
    ):  # either has gone: the answer, or its absence, is what the client gets
        far.writer.close()


async def _download(far: Wire, client: Wire) -> None:
    event = await far.receive()
    while isinstance(event, h11.InformationalResponse):
        event = await far.receive()
    if not isinstance(event, h11.Response):
        await client.answer(502, "The simulator closed the connection without an answer.")
        return
    await client.send(
        h11.Response(status_code=event.status_code, reason=event.reason, headers=end_to_end(event))
    )
    while isinstance(event := await far.receive(), h11.Data):
        await client.send(event)
    await client.send(event)
