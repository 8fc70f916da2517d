"""A simulator of the demonstration's own: started as a user would start it, on free ports, keeping nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


class DidNotStart(Exception):
    """`simulator up` ended before it was ready; the message is what it said."""


class Simulation:
    """`simulator up --ephemeral` as a child process."""

    def __init__(self, engine: str, log: Path) -> None:
        self._log = log.open("wb")
        command = [sys.executable, "-m", "simulator.cli", "up", "--ephemeral", "--engine", engine]
        command += ["--aws-port", "0", "--azure-devops-port", "0", "--console-port", "0"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self._log, text=True)
        self.console_url = self._ready()

    def stop(self) -> None:
        """End it; what it ran ends with it."""
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
        self._log.close()

    def leave(self) -> str:
        """Let it run on after this program; how to reach it and to end it."""
        self._log.close()
        return (
            f"\nthe simulator runs on; its console: {self.console_url}\n"
            f'to point a shell at it: eval "$({sys.executable} -m simulator.cli status --shell'
            f' --console-url {self.console_url})"\nto end it: kill {self._process.pid}'
        )

    def _ready(self) -> str:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("console"):
                return line.split()[1]
        self._process.wait()
        self._log.flush()
        raise DidNotStart(Path(self._log.name).read_text()[-2000:] or "it said nothing")
