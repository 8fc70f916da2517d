"""The commands by name, and what they share: talking to a running simulator."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable
from importlib import import_module
from typing import Any

from simulator.settings import CONSOLE_PORT

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class CommandFailed(Exception):
    """Something the user can mend; the message says how."""


def control(
    options: argparse.Namespace, method: str, path: str, timeout_seconds: float = 30, **more: Any
) -> Any:
    """Ask a running simulator's control interface; raises CommandFailed when there is none."""
    import httpx  # here, because `simulator up` starts without it

    url = f"{options.console_url.rstrip('/')}/_simulator/{path}"
    try:
        answer = httpx.request(method, url, timeout=timeout_seconds, trust_env=False, **more)
    except httpx.TransportError as error:
        raise CommandFailed(
            f"no simulator answers at {options.console_url} ({error}); start one: simulator up;"
            f" or say where it runs: --console-url http://localhost:{CONSOLE_PORT}, or SIMULATOR_CONSOLE_URL"
        ) from error
    if answer.status_code != 200:
        raise CommandFailed(_refused(options.console_url, answer.status_code, answer.text))
    return answer.json()


def _refused(console: str, status: int, text: str) -> str:
    """The control interface's own sentence; whoever answers without one is not it."""
    try:
        said = json.loads(text)["message"] if status != 404 else ""
    except (ValueError, KeyError, TypeError):
        said = ""
    return said or (
        f"{console} is not the console of a simulator (it answers {status}); `simulator up` names it in its third line"
    )


def seconds(duration: str) -> float:
    """`24h` as seconds; raises CommandFailed naming the form."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd])", duration.strip())
    if not found:
        raise CommandFailed(
            f"{duration!r} is no duration; expected a number and a unit, such as 30s, 90m, 24h or 7d"
        )
    return float(found[1]) * _UNITS[found[2]]


def _lazy(module: str, function: str) -> Callable[[argparse.Namespace], int | None]:
    def command(options: argparse.Namespace) -> int | None:
        found: Callable[[argparse.Namespace], int | None] = getattr(
            import_module(f"simulator.cli.{module}"), function
        )
        return found(options)

    return command


COMMANDS: dict[str, Callable[[argparse.Namespace], int | None]] = {
    "up": _lazy("up", "up"),
    "run": _lazy("run", "run"),
    "status": _lazy("status", "status"),
    "log": _lazy("log", "log"),
    "advance": _lazy("acts", "advance"),
    "approve": _lazy("acts", "approve"),
    "reset": _lazy("states", "reset"),
    "snapshot": _lazy("states", "snapshot"),
    "restore": _lazy("states", "restore"),
    "demo": _lazy("demo", "demo"),
}
