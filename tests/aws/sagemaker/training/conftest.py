"""A team with a simulator of its own for each test, behind it the scripted engine."""

from collections.abc import Iterator

import pytest

from simulator.runtime.engine_scripted import ScriptedEngine
from tests.aws.sagemaker.training.team import Team
from tests.wire import RunningSimulator


@pytest.fixture
def team() -> Iterator[Team]:
    """A team whose containers do nothing until it says what."""
    engine = ScriptedEngine()
    running = RunningSimulator(engine=engine)
    made = Team(running, engine)
    made.does()
    yield made
    running.stop()
