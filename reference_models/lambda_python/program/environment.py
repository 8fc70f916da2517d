"""One function's process and the invocation that it works on, shared by the two servers of the environment."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from output import Output

INIT_SECONDS = 10.0
"""The init phase may take this long before the function's own timeout begins (developer guide, "Init phase")."""

LOOK_SECONDS = 0.05
"""How often the memory of the process is looked at while it works."""

RESPONSE_BYTES = 6_291_556
"""The largest response of a synchronous invocation (developer guide, "Lambda quotas")."""


@dataclass
class Invocation:
    """One event on its way: the headers that `next` gives with it, and how it ended."""

    request_id: str
    event: bytes
    headers: Mapping[str, str]
    ended: bool = False
    payload: bytes = b""
    failed: bool = False


class Environment:
    """Starts the runtime once; hands it one invocation at a time. All state changes under one condition."""

    def __init__(self, command: Sequence[str], variables: Mapping[str, str], megabytes: int) -> None:
        self._command, self._variables, self._megabytes = list(command), dict(variables), megabytes
        self._changed = threading.Condition()
        self._waiting: Invocation | None = None
        self._current: Invocation | None = None
        self._ready = self._gone = self._out_of_memory = False
        self._init_error: bytes | None = None
        self._began = self._init_seconds = 0.0
        self._output = Output()

    def start(self) -> None:
        """Begin the init phase: the runtime imports the function's module."""
        self._began = time.monotonic()
        self._process = subprocess.Popen(
            self._command,
            env=self._variables,
            cwd="/var/task",
            stdin=subprocess.DEVNULL,
            stdout=self._output.writing,
            stderr=self._output.writing,
        )
        threading.Thread(target=self._watch, daemon=True).start()

    def next(self) -> Invocation:
        """The next event; called by the runtime, which is initialised when it asks for the first time."""
        with self._changed:
            if not self._ready:
                self._ready, self._init_seconds = True, time.monotonic() - self._began
                self._changed.notify_all()
            self._changed.wait_for(lambda: self._waiting is not None)
            invocation, self._waiting = self._waiting, None
            assert invocation is not None
            self._current = invocation
            return invocation

    def answered(self, request_id: str, payload: bytes, *, failed: bool) -> bool:
        """The runtime's response or error; false when it is not for the invocation that is under way."""
        with self._changed:
            current = self._current
            if current is None or current.request_id != request_id or current.ended:
                return False
            if len(payload) > RESPONSE_BYTES and not failed:
                payload, failed = _error("Function.ResponseSizeTooLarge", _too_large(len(payload))), True
            current.payload, current.failed, current.ended = payload, failed, True
            self._changed.notify_all()
            return True

    def init_failed(self, error: bytes) -> None:
        """The runtime could not load the function; it ends after that."""
        self._init_error = error

    def invoke(
        self, request_id: str, event: bytes, headers: Mapping[str, str], seconds: float
    ) -> dict[str, Any]:
        """Give the event to the function and wait for its end, at most its timeout; then it is killed."""
        with self._changed:
            left = max(0.0, self._began + INIT_SECONDS - time.monotonic())
            self._changed.wait_for(lambda: self._ready or self._gone, left)
            began = time.monotonic()
            deadline = int((time.time() + seconds) * 1000)
            invocation = Invocation(
                request_id, event, {**headers, "Lambda-Runtime-Deadline-Ms": str(deadline)}
            )
            self._waiting = invocation
            self._changed.notify_all()
            self._follow(invocation, seconds)
            invocation.payload = invocation.payload if invocation.ended else self._unanswered(request_id)
            timed_out = not invocation.ended and not self._gone
        return self._report(invocation, timed_out, seconds if timed_out else time.monotonic() - began)

    def _follow(self, invocation: Invocation, seconds: float) -> None:
        """Wait for the end; a process that takes more memory than the function has is killed."""
        until = time.monotonic() + seconds
        while not (invocation.ended or self._gone) and (left := until - time.monotonic()) > 0:
            self._changed.wait(min(left, LOOK_SECONDS))
            if self._megabytes_of("VmRSS") > self._megabytes:
                self._out_of_memory = True
                self._process.kill()
                self._changed.wait_for(lambda: self._gone)

    def _report(self, invocation: Invocation, timed_out: bool, took: float) -> dict[str, Any]:
        peak = self._megabytes if self._out_of_memory else self._megabytes_of("VmHWM")
        if timed_out:
            self._process.kill()
            self._process.wait()
        init, self._init_seconds = self._init_seconds, 0.0
        return {
            "payload": "" if timed_out else invocation.payload.decode(errors="replace"),
            "failed": invocation.failed or not invocation.ended,
            "timed_out": timed_out,
            "over": timed_out or self._gone,
            "error_type": "Runtime.OutOfMemory" if self._out_of_memory else "",
            "milliseconds": took * 1000,
            "init_milliseconds": init * 1000,
            "peak_megabytes": peak,
            "lines": self._output.take(),
        }

    def _watch(self) -> None:
        self._process.wait()
        with self._changed:
            self._gone = True
            self._changed.notify_all()

    def _unanswered(self, request_id: str) -> bytes:
        """What the caller gets when the process has ended: the init error, or how it ended."""
        if self._init_error is not None:
            return json.dumps({**json.loads(self._init_error), "requestId": request_id}).encode()
        if self._out_of_memory:
            text = f"RequestId: {request_id} Error: Runtime exited with error: signal: killed"
            return _error("Runtime.OutOfMemory", text)
        code = self._process.poll()
        how = "without providing a reason"
        if code:
            how = f"with error: {f'exit status {code}' if code > 0 else f'signal: {-code}'}"
        return _error("Runtime.ExitError", f"RequestId: {request_id} Error: Runtime exited {how}")

    def _megabytes_of(self, member: str) -> int:
        """VmRSS, the resident size of the process now, or VmHWM, the largest so far; 0 when it is gone."""
        try:
            text = Path(f"/proc/{self._process.pid}/status").read_text()
        except OSError:
            return 0
        found = [line.split()[1] for line in text.splitlines() if line.startswith(f"{member}:")]
        return -(-int(found[0]) // 1024) if found else 0


def _error(kind: str, message: str) -> bytes:
    return json.dumps({"errorType": kind, "errorMessage": message}).encode()


def _too_large(size: int) -> str:
    return f"Response payload size ({size} bytes) exceeded maximum allowed payload size ({RESPONSE_BYTES} bytes)."
