"""The leaf services remembered by moto, in this process: one call at a time, each at our virtual time."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any
from urllib.parse import unquote

import time_machine

from simulator.aws.protocol.http import Incoming, Outgoing
from simulator.kernel.clock import Clock

WsgiApp = Callable[[Mapping[str, Any], Callable[..., Any]], Iterable[bytes]]

_ENVIRONMENT = {
    "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
    "MOTO_S3_ALLOW_CROSSACCOUNT_ACCESS": "true",
    "MOTO_EVENTS_INVOKE_HTTP": "false",
}


class MotoBacking:
    """Answers requests from moto's WSGI application, imported at the first request."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._app: WsgiApp | None = None

    async def send(self, request: Incoming, account: str) -> Outgoing:
        """The answer of moto for `account`; it runs on the loop, so moto's state has one writer."""
        answered: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], _: Any = None) -> None:
            answered.append((status, headers))

        app = self._application()
        with self._time():
            body = b"".join(app(_environ(request, account), start_response))
        status, headers = answered[0]
        kept = tuple((k, v) for k, v in headers if k.lower() not in ("content-length", "server", "date"))
        return Outgoing(int(status.split()[0]), kept, body)

    def _time(self) -> AbstractContextManager[Any]:
        if self._clock.offset < 1.0:
            return nullcontext()
        return time_machine.travel(self._clock.datetime(), tick=True)

    def _application(self) -> WsgiApp:
        if self._app is None:
            os.environ.update(_ENVIRONMENT)
            from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

            self._app = DomainDispatcherApplication(create_backend_app)
            # moto's state belongs to the process; another simulator in it (a test's) begins with none.
            b"".join(self._app(_environ(Incoming("POST", "/moto-api/reset"), ""), lambda *_: None))
        return self._app


def _environ(request: Incoming, account: str) -> dict[str, Any]:
    headers = {**request.headers, "x-moto-account-id": account}
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(request.path, "latin-1"),
        "RAW_URI": request.path + (f"?{request.query}" if request.query else ""),
        "QUERY_STRING": request.query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(request.body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "moto.preserved_header_names": {},
    }
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        if name == "content-type":
            environ["CONTENT_TYPE"] = value
        elif name not in ("content-length", "transfer-encoding"):
            environ[f"HTTP_{key}"] = value
            if "_" in name and name.startswith("x-amz-meta-"):
                environ["moto.preserved_header_names"][f"HTTP_{key}"] = name
    return environ
