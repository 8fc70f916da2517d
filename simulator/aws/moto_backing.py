"""The leaf services remembered by moto, in this process: one call at a time, each at our virtual time."""

from __future__ import annotations

import io
import os
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast
from unittest import mock
from urllib.parse import unquote

from simulator.aws.moto_journal import Journal, changes_state
from simulator.aws.protocol.http import Incoming, Outgoing
from simulator.aws.protocol.identify_service import service_of, signature_scope
from simulator.kernel.world import Kernel

if TYPE_CHECKING:
    from simulator.aws.moto_application import WsgiApp

# A checkpoint is due when the journal has this many entries and repeating it would take this long, or twice as long
# as the last checkpoint took. The first calls of a process also pay for imports, hence the number.
_REPLAY_ENTRIES, _REPLAY_SECONDS = 300, 0.5


class MotoBacking:
    """Answers requests from moto's WSGI application, imported and filled with its state at the first request.

    Unless the state is ephemeral, every change is journalled before it is acknowledged.
    """

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._app: WsgiApp | None = None
        self._journal = None if kernel.store.ephemeral else Journal(kernel.store)
        self._checkpoint = kernel.store.directory / "moto" / "checkpoint"
        self._replay_entries, self._replay_seconds = 0, 0.0
        self._checkpoint_seconds = 0.0

    async def send(self, request: Incoming, account: str) -> Outgoing:
        """The answer of moto for `account`; it runs on the loop, so moto's state has one writer."""
        app = self._application()
        moment = self._kernel.clock.now()
        if self._journal is None or not changes_state(request):
            return self._ask(app, request, account, moment if self._kernel.clock.offset else None)
        began = time.perf_counter()
        _open_backend(request, account)
        with _repeatable(f"{self._seed()}:{self._journal.next()}"):
            answer = self._ask(app, request, account, moment)
        self._replay_seconds += time.perf_counter() - began
        if answer.status < 500:
            self._journal.append(request, account, moment)
            self._replay_entries += 1
            if self._replay_entries > _REPLAY_ENTRIES and self._replay_seconds > max(
                _REPLAY_SECONDS, 2 * self._checkpoint_seconds
            ):
                self.checkpoint()
        return answer

    def checkpoint(self) -> None:
        """Write moto's state whole and drop the journal that it holds."""
        if self._app is None or self._journal is None:
            return
        from simulator.aws import moto_checkpoint

        began, sequence = time.perf_counter(), self._journal.next() - 1
        moto_checkpoint.write(self._checkpoint, sequence)
        self._journal.forget(sequence)
        self._checkpoint_seconds = time.perf_counter() - began
        self._replay_entries, self._replay_seconds = 0, 0.0

    async def close(self) -> None:
        """Write what a restart would otherwise have to repeat."""
        if self._replay_entries:
            self.checkpoint()

    def _ask(self, app: WsgiApp, request: Incoming, account: str, moment: float | None) -> Outgoing:
        answered: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], _: Any = None) -> None:
            answered.append((status, headers))

        with _at(moment):
            body = b"".join(app(_environ(request, account), start_response))
        status, headers = answered[0]
        dropped = {"server", "date"} | (set() if request.method == "HEAD" else {"content-length"})
        kept = tuple((k, v) for k, v in headers if k.lower() not in dropped)
        return Outgoing(int(status.split()[0]), kept, body)

    def _application(self) -> WsgiApp:
        if self._app is None:
            from simulator.aws import moto_application

            self._app = moto_application.application()
            moto_application.forget_everything()
            self._restore(self._app)
        return self._app

    def _restore(self, app: WsgiApp) -> None:
        if self._journal is None:
            return
        from simulator.aws import moto_checkpoint

        done = moto_checkpoint.read(self._checkpoint)
        began = time.perf_counter()
        for entry in self._journal.entries(done):
            _open_backend(entry.request, entry.account)
            with _repeatable(f"{self._seed()}:{entry.sequence}"):
                self._ask(app, entry.request, entry.account, entry.time)
            self._replay_entries += 1
        self._replay_seconds = time.perf_counter() - began

    def _seed(self) -> str:
        """The secret from which this state's ids and keys come, made once."""
        row = self._kernel.store.get("moto.seed", "seed")
        if row is None:
            row = {"seed": self._kernel.ids.hex(64)}
            self._kernel.store.put("moto.seed", "seed", row)
        return str(row["seed"])


@contextmanager
def _at(moment: float | None) -> Iterator[None]:
    """moto sees `moment`, or real time as it is."""
    if moment is None:
        yield
        return
    with _time_machine().travel(moment, tick=False):
        yield


@cache
def _time_machine() -> ModuleType:
    """Loaded with the first such call, and without pytest, which it takes along where that is installed."""
    modules: dict[str, ModuleType | None] = cast("Any", sys.modules)
    hidden = "pytest" not in modules
    if hidden:
        modules["pytest"] = None
    try:
        import time_machine
    finally:
        if hidden:
            del modules["pytest"]
    return time_machine


@contextmanager
def _repeatable(seed: str) -> Iterator[None]:
    """Ids, versions and key material that moto draws inside depend on the seed alone."""
    import moto.kms.utils
    import moto.s3.models
    from moto.moto_api._internal import mock_random

    mock_random.seed(seed)
    system = _SeededSystem(seed)
    with mock.patch.object(moto.kms.utils, "os", system), mock.patch.object(moto.s3.models, "os", system):
        yield


class _SeededSystem:
    """The `os` module, but its randomness comes from a seed."""

    def __init__(self, seed: str) -> None:
        self.urandom = random.Random(seed).randbytes

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)


def _open_backend(request: Incoming, account: str) -> None:
    """Let the service's backend exist before ids are drawn: making one draws ids too, and a read may make it."""
    from moto.backends import get_backend

    scope = signature_scope(request)
    if scope is None:
        return
    region = scope[1]
    regions: Any = get_backend(service_of(request))[account]
    regions[region if region in regions.regions else "aws"]


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
