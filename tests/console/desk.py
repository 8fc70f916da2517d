"""A person at the console without a browser: reads pages, and sends forms as their pages would."""

from __future__ import annotations

import html
import re
from typing import Protocol

import httpx

from simulator.console.people import COOKIE


class Place(Protocol):
    """Whatever has a console."""

    @property
    def console_url(self) -> str:
        """Where it is."""


class Desk:
    """The console of a running simulator, as one person."""

    def __init__(self, running: Place, person: str = "") -> None:
        self.url = running.console_url
        cookies = {COOKIE: person} if person else {}
        self.client = httpx.Client(base_url=self.url, cookies=cookies, trust_env=False, timeout=60)

    def __enter__(self) -> Desk:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def page(self, path: str, status: int = 200) -> str:
        """The source of a page."""
        answer = self.client.get(path)
        assert answer.status_code == status, (answer.status_code, text(answer.text))
        return answer.text

    def text(self, path: str, status: int = 200) -> str:
        """What a page says, without its tags."""
        return text(self.page(path, status))

    def token(self) -> str:
        """What forms of this person carry."""
        found = re.search(r'name="token" value="(\w+)"', self.page("/reality"))
        assert found
        return found[1]

    def send(
        self, path: str, origin: str | None = "", token: str | None = None, **fields: str
    ) -> httpx.Response:
        """A form from a page of the console, or from `origin`; None sends no Origin."""
        given = {"token": self.token() if token is None else token, **fields}
        headers = {} if origin is None else {"origin": origin or self.url}
        return self.client.post(path, data=given, headers=headers)


def text(source: str) -> str:
    """A page's text as a reader sees it: tags gone, entities read, spaces made one."""
    body = re.sub(r"<(style|script)\b.*?</\1>", " ", source, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body))).strip()
