"""`simulator up` as a process of its own, on free ports, and what it said when it was ready."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import httpx

FREE = ("--aws-port", "0", "--azure-devops-port", "0", "--console-port", "0")


class Started:
    """A simulator that was started with these options; `home` stands for the user's state directory."""

    def __init__(self, home: Path, *options: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "simulator.cli", "up", *FREE, *options],
            env={**os.environ, "XDG_STATE_HOME": str(home)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.said: list[str] = []
        for line in self.process.stdout:
            self.said.append(line.rstrip("\n"))
            if self.said.count("") == 3:  # behind each of its three paragraphs
                break

    def url(self, name: str) -> str:
        """What it said of `AWS`, `Azure DevOps` or `console`."""
        return next(line.split()[-1] for line in self.said if line.startswith(name))

    def status(self) -> dict[str, Any]:
        """What `simulator status` reads."""
        found: dict[str, Any] = httpx.get(
            f"{self.url('console')}/_simulator/status", trust_env=False, timeout=30
        ).json()
        return found

    def client(self, service: str) -> Any:
        """A client of the person whose keys are `test`."""
        session: Any = boto3.Session("test", "test", region_name="us-east-1")
        return session.client(service, endpoint_url=self.url("AWS"))

    def stop(self) -> str:
        """SIGTERM; what it said on stderr."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.communicate()[1]
