"""One simulator where the whole loop has run, as moto has one state a process; and one of its own, with nothing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from simulator.runtime.engine_scripted import ScriptedEngine
from tests.console import loop
from tests.console.desk import Desk
from tests.wire import RunningSimulator


@dataclass(frozen=True)
class Looped:
    """A simulator in which everything has happened once. Tests that decide bring their own version or run."""

    running: RunningSimulator
    engine: ScriptedEngine
    package: str
    succeeded: str
    failed: str
    run: int

    def text(self, path: str, person: str = "operator", status: int = 200) -> str:
        """What a page says to a person."""
        with Desk(self.running, person) as desk:
            return desk.text(path, status)

    def source(self, path: str, person: str = "operator") -> str:
        """The source of a page as a person gets it."""
        with Desk(self.running, person) as desk:
            return desk.page(path)


@dataclass(frozen=True)
class Pending:
    """A version that waits for a decision."""

    running: RunningSimulator
    arn: str

    @property
    def path(self) -> str:
        """Its page."""
        return f"/registry/automation/abalone/{self.arn.rsplit('/', 1)[1]}"

    def described(self) -> dict[str, Any]:
        """What AWS says of it."""
        found: dict[str, Any] = self.running.client("sagemaker").describe_model_package(
            ModelPackageName=self.arn
        )
        return found

    def status(self) -> str:
        """Its approval status."""
        return str(self.described()["ModelApprovalStatus"])


@dataclass(frozen=True)
class Untouched:
    """A simulator in which nothing has happened."""

    console_url: str


@pytest.fixture(scope="package")
def looped() -> Iterator[Looped]:
    """Versions, executions, an endpoint, a monitor and a run at its gate."""
    engine = loop.engine()
    # A page that were held for the end of what it shows would outlast its reader.
    running = RunningSimulator(engine=engine, hold_seconds=300)
    try:
        loop.artifacts(running)
        package = loop.register(running, description=f"The first model {loop.ATTACK}")
        loop.serve_and_watch(running, package)
        succeeded, failed = loop.execute(running), loop.execute(running, limit=1.0)
        yield Looped(running, engine, package, succeeded, failed, loop.start_run(running))
    finally:
        running.stop()


@pytest.fixture
def deciding(looped: Looped) -> RunningSimulator:
    """The simulator, for a test that starts a run of its own."""
    return looped.running


@pytest.fixture
def pending(looped: Looped) -> Pending:
    """A version of its own for each test."""
    return Pending(looped.running, loop.register(looped.running))


@pytest.fixture(scope="package")
def untouched() -> Iterator[Untouched]:
    """`simulator up` in a process of its own."""
    command = [sys.executable, "-m", "simulator.cli", "up", "--ephemeral", "--engine", "scripted"]
    command += ["--aws-port", "0", "--azure-devops-port", "0", "--console-port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        line = next(line for line in process.stdout if line.startswith("console"))
        yield Untouched(line.split()[1])
        process.terminate()
