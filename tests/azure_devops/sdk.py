"""Connections of the PyPI SDK for tests: its cache stays in the test's directory, its sockets are closed at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from azure.devops import _file_cache
from azure.devops.connection import Connection
from msrest.authentication import BasicAuthentication


@contextmanager
def connections(directory: Path) -> Iterator[Callable[[str, str], Any]]:
    """Make a connection of a base URL and a token.

    The SDK closes neither its sessions nor the answers that it raises errors from. A socket that the garbage collector
    finds open warns whatever test runs then, so all that was opened is closed here.
    """
    sessions: list[requests.Session] = []
    answers: list[requests.Response] = []

    class Session(requests.Session):
        def __init__(self) -> None:
            super().__init__()
            sessions.append(self)

        def request(self, *arguments: Any, **settings: Any) -> requests.Response:
            answers.append(super().request(*arguments, **settings))
            return answers[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(requests, "Session", Session)
        # What AZURE_DEVOPS_CACHE_DIR would do for a process of its own.
        for name in ("OPTIONS_CACHE", "RESOURCE_CACHE"):
            patch.setattr(getattr(_file_cache, name), "file_name", str(directory / f"{name}.json"))
            patch.setattr(getattr(_file_cache, name), "initial_load_occurred", False)
        yield lambda url, token: Connection(base_url=url, creds=BasicAuthentication("", token))
    for answer in answers:
        answer.close()
    for session in sessions:
        session.close()
