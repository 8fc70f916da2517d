"""Simulators that the console's tests look at: one with nothing, one where the whole loop has run, one to decide in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.console import loop
from tests.console.desk import Desk
from tests.wire import RunningSimulator


@dataclass(frozen=True)
class Looped:
    """A simulator in which everything has happened once; nobody changes it."""

    running: RunningSimulator
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


@pytest.fixture(scope="package")
def looped() -> Iterator[Looped]:
    """Versions, executions, an endpoint, a monitor and a run at its gate."""
    running = RunningSimulator(engine=loop.engine())
    try:
        loop.artifacts(running)
        package = loop.register(running, description=f"The first model {loop.ATTACK}")
        loop.serve_and_watch(running, package)
        succeeded, failed = loop.execute(running), loop.execute(running, limit=1.0)
        yield Looped(running, package, succeeded, failed, loop.start_run(running))
    finally:
        running.stop()


@dataclass(frozen=True)
class Pending:
    """A version that waits for a decision, in the simulator that tests may change."""

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


@pytest.fixture(scope="package")
def deciding() -> Iterator[RunningSimulator]:
    """A simulator to decide in."""
    running = RunningSimulator(engine=loop.engine())
    try:
        loop.artifacts(running)
        yield running
    finally:
        running.stop()


@pytest.fixture
def pending(deciding: RunningSimulator) -> Pending:
    """A version of its own for each test."""
    return Pending(deciding, loop.register(deciding))


@pytest.fixture(scope="package")
def untouched() -> Iterator[RunningSimulator]:
    """A simulator in which nothing has happened."""
    running = RunningSimulator()
    yield running
    running.stop()
