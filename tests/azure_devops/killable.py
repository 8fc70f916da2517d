"""Azure DevOps in a process of its own, to be killed and started again on the same port."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx

from tests.azure_devops.conftest import Served

HERE = Path(__file__).parent


class Killable(Served):
    """The service in a process of its own on a fixed port."""

    def serve(self, place: Path, cache: Path) -> None:
        """Start it, and wait until it answers."""
        arguments = [self.port, place / "state", place / "works", HERE / "images", cache]
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "served_alone.py"), *map(str, arguments)],
            env={**os.environ, "PYTHONPATH": str(HERE.parents[1])},
        )
        self.url = f"http://localhost:{self.port}/{self.topology.organization}"
        transport = httpx.HTTPTransport(retries=12)
        with httpx.Client(transport=transport, trust_env=False) as client:
            client.get(f"http://127.0.0.1:{self.port}/_simulator/health").raise_for_status()

    def kill(self) -> None:
        """SIGKILL: no goodbye."""
        self.process.kill()
        self.process.wait()


def wait_for(client: httpx.Client, build: int, wanted: tuple[str, str, str]) -> list[dict[str, Any]]:
    """The build's timeline, as soon as it has the (type, name, state) that is wanted.

    Each look waits for the server, not for a clock.
    """
    while True:
        found: list[dict[str, Any]] = client.get(f"ml/_apis/build/builds/{build}/timeline").json()["records"]
        if any((row["type"], row["name"], row["state"]) == wanted for row in found):
            return found
        stages = [row for row in found if row["type"] == "Stage"]
        over = bool(stages) and all(row["state"] == "completed" for row in stages)
        assert not over, f"the run ended ({[row['result'] for row in stages]}) without {wanted}"
