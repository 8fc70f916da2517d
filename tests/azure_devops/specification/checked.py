"""Holds every answer of a served Azure DevOps to the REST specification: what it forbids fails the test at its end."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.azure_devops.specification import table


class Checked:
    """An ASGI application around another; `violations` says where which answer is not what the specification says."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application
        self.violations: list[str] = []
        self.judged = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and judge what is answered."""
        if scope["type"] != "http" or "/_apis/" not in scope["path"].lower():
            await self._application(scope, receive, send)
            return
        answer = _Answer(send)
        await self._application(scope, receive, answer.send)
        if 200 <= answer.status < 300 and answer.is_json:
            self._judge(scope, answer.status, answer.body)

    def _judge(self, scope: Scope, status: int, body: bytes) -> None:
        query = dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True))
        value = json.loads(body)
        judgements = [
            (entry, table.violations(entry, status, value))
            for entry in table.meant(scope["method"], scope["path"], query)
        ]
        if not judgements:
            return
        self.judged += 1
        entry, found = min(judgements, key=lambda judgement: len(judgement[1]))
        for wrong in found:
            self.violations.append(f"{scope['method']} {scope['path']} ({entry.area} {entry.name}) {wrong}")

    def assert_kept(self) -> None:
        """Fail with every place at which an answer was wrong."""
        found = list(dict.fromkeys(self.violations))
        assert not found, "answers that the REST specification forbids:\n" + "\n".join(found[:40])


class _Answer:
    """What an application answers, as it goes by."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0
        self.is_json = False
        self.body = b""

    async def send(self, message: Message) -> None:
        """Note the message and pass it on."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            kinds = [value for name, value in message.get("headers", ()) if name.lower() == b"content-type"]
            self.is_json = bool(kinds) and kinds[0].startswith(b"application/json")
        elif self.is_json:
            self.body += message.get("body", b"")
        await self._send(message)
