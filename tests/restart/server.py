"""`simulator up` as a process of its own, over state and ports that stay, to be killed and started again."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from simulator.harness.eventually import eventually
from simulator.harness.world import World
from simulator.shipped_folders import shipped

_ROOT = Path(__file__).parents[2]


class Server:
    """A simulator that a test starts, kills and starts again; `world` sees it from outside, before and after."""

    def __init__(self, directory: Path) -> None:
        self.state = directory / "state"
        self._log = directory / "simulator.log"
        self._ports = _free_ports(3)
        self._process: subprocess.Popen[str] | None = None
        self._world: World | None = None
        self._directory = directory

    @property
    def world(self) -> World:
        """The world that this simulator is."""
        if self._world is None:
            url = f"http://127.0.0.1:{self._ports[2]}"
            self._world = World(url, self._directory / "work", shipped("fixtures"))
        return self._world

    def start(self, hold: bool = False) -> World:
        """Start it with the process engine, and wait until its three ports answer.

        Unless answers may be held, a Describe answers at once, and not when what it describes has ended.
        """
        ports = zip(("--aws-port", "--azure-devops-port", "--console-port"), self._ports, strict=True)
        options = [word for name, port in ports for word in (name, str(port))]
        command = [sys.executable, "-m", "simulator.cli", "up", "--state", str(self.state), *options]
        command += [] if hold else ["--conformance"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=_ROOT,
                env={**os.environ, "SIMULATOR_ALLOWED_HOSTS": "127.0.0.1"},
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("console"):
                return self.world
        raise AssertionError(f"it did not start:\n{self._log.read_text()[-3000:]}")

    def kill(self) -> None:
        """SIGKILL: nothing is written any more, nobody is told."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM: it ends in order."""
        self._end(signal.SIGTERM)

    def close(self) -> None:
        """What a test must not leave behind."""
        if self._world:
            self._world.close()
        if self._process:
            self.stop()
        if self.state.exists():
            shutil.rmtree(self.state)  # works whose directory is gone end by themselves

    def ended(self, name: str) -> dict[str, Any]:
        """A training job of the automation account once it has ended."""
        sagemaker = self.world.aws().client("sagemaker")

        def look() -> dict[str, Any] | None:
            found: dict[str, Any] = sagemaker.describe_training_job(TrainingJobName=name)
            return found if found["TrainingJobStatus"] in ("Completed", "Failed", "Stopped") else None

        return eventually(look, f"the end of {name}", pause=self.world.pause)

    def kinds(self, kind: str) -> list[dict[str, Any]]:
        """All facts of a kind, of before and after."""
        return [fact for fact in self.world.control.facts(0) if fact["kind"] == kind]

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        assert process is not None
        process.send_signal(how)
        process.wait()
        if process.stdout:
            process.stdout.close()


def _free_ports(count: int) -> list[int]:
    with ExitStack() as opened:
        sockets = [opened.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]
