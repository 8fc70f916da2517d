"""The execution environment of one function: the Runtime API, and the function's process under AWS's own client."""

from __future__ import annotations

import os
import signal
import sys
import threading

from environment import Environment
from runtime_api import serve_runtime_api
from web import serve_invocations

RUNTIME_API = ("127.0.0.1", 9001)


def variables() -> dict[str, str]:
    """What the function's process sees: this process's variables and where the Runtime API is."""
    found = dict(os.environ)
    found["AWS_LAMBDA_RUNTIME_API"] = f"{RUNTIME_API[0]}:{RUNTIME_API[1]}"
    found["PATH"] = f"{found['PATH']}:/opt/bin"
    return found


def main() -> None:
    """Serve until the engine ends this environment."""
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    command = [sys.executable, "-m", "awslambdaric", os.environ["_HANDLER"]]
    environment = Environment(command, variables(), int(os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]))
    runtime = serve_runtime_api(RUNTIME_API, environment)
    threading.Thread(target=runtime.serve_forever, daemon=True).start()
    environment.start()
    serve_invocations(environment).serve_forever()


if __name__ == "__main__":
    main()
