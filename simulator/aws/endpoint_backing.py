"""The leaf services remembered elsewhere: LocalStack, a moto server, or any endpoint that speaks AWS."""

from __future__ import annotations

import re

import httpx

from simulator.aws.protocol.http import Incoming, Outgoing

_HOP = (
    "connection",
    "transfer-encoding",
    "content-length",
    "content-encoding",
    "server",
    "date",
    "keep-alive",
)


class EndpointBacking:
    """Forwards requests to `endpoint`; the account travels as moto's header and as the access key (LocalStack)."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint.rstrip("/")
        self._client = httpx.AsyncClient(trust_env=False, timeout=60.0)

    async def send(self, request: Incoming, account: str) -> Outgoing:
        """The endpoint's answer; an endpoint that cannot be reached raises httpx.TransportError."""
        headers = {k: v for k, v in request.headers.items() if k not in _HOP}
        headers["x-moto-account-id"] = account
        if "authorization" in headers:
            headers["authorization"] = re.sub(
                r"Credential=[^/]+/", f"Credential={account}/", headers["authorization"]
            )
        url = self._endpoint + request.path + (f"?{request.query}" if request.query else "")
        answer = await self._client.request(request.method, url, headers=headers, content=request.body)
        kept = tuple((k, v) for k, v in answer.headers.items() if k.lower() not in _HOP)
        return Outgoing(answer.status_code, kept, answer.content)

    async def close(self) -> None:
        """Close idle connections."""
        await self._client.aclose()
