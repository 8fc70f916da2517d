"""Lambda's Runtime API, version 2018-06-01, as the runtime interface client speaks it.

Source: developer guide, "Using the Lambda runtime API for custom runtimes", and its OpenAPI specification.
"""

from __future__ import annotations

import re

from environment import Environment
from web import Handler, Server

_ROOT = "/2018-06-01/runtime"
_ENDED = re.compile(rf"{_ROOT}/invocation/([^/]+)/(response|error)")


class RuntimeApi(Handler):
    """One connection of the runtime."""

    environment: Environment

    def do_GET(self) -> None:  # noqa: N802
        """`next`: held until there is an event."""
        if self.path != f"{_ROOT}/invocation/next":
            self.send_json(404, {"errorType": "NotFound", "errorMessage": self.path})
            return
        invocation = self.environment.next()
        headers = {"Lambda-Runtime-Aws-Request-Id": invocation.request_id, **invocation.headers}
        self.send(200, invocation.event, "application/json", headers)

    def do_POST(self) -> None:  # noqa: N802
        """`response` and `error` of an invocation, and `init/error`."""
        body = self.body()
        if self.path == f"{_ROOT}/init/error":
            self.environment.init_failed(body)
            self.send_json(202, {"status": "OK"})
            return
        found = _ENDED.fullmatch(self.path)
        if found is None:
            self.send_json(404, {"errorType": "NotFound", "errorMessage": self.path})
        elif self.environment.answered(found[1], body, failed=found[2] == "error"):
            self.send_json(202, {"status": "OK"})
        else:
            self.send_json(400, {"errorType": "InvalidRequestID", "errorMessage": "Invalid request ID"})


def serve_runtime_api(address: tuple[str, int], environment: Environment) -> Server:
    """A server on `address` that is not serving yet."""
    return Server(address, type("RuntimeApi", (RuntimeApi,), {"environment": environment}))
