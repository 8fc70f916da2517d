"""The pytest plugin: fixtures for a simulator and a world, and the steps of the pattern's scenarios.

Other repositories get it by installing this package with its extra `harness`; their features use the same sentences.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.harness.demo.loop import Loop
from simulator.harness.demo.simulation import Simulation
from simulator.harness.steps import approving, building, deploying, experimenting, monitoring
from simulator.harness.world import World
from simulator.shipped_folders import shipped

STEPS = (experimenting, building, approving, deploying, monitoring)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Which simulator the scenarios act on."""
    group = parser.getgroup("simulator")
    group.addoption(
        "--simulator-engine", default="process", help="engine of the simulator that the scenarios start"
    )
    group.addoption(
        "--simulator-url", default="", help="console URL of a running simulator to act on instead"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make the steps known to pytest-bdd."""
    for module in STEPS:
        config.pluginmanager.register(module, module.__name__)


@pytest.fixture(scope="session")
def simulation_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The console URL of a simulator: the one that was named, or one of this session's own."""
    named = request.config.getoption("--simulator-url")
    if named:
        yield named
        return
    log: Path = tmp_path_factory.mktemp("simulator") / "simulator.log"
    simulation = Simulation(request.config.getoption("--simulator-engine"), log)
    yield simulation.console_url
    simulation.stop()


@pytest.fixture(scope="session")
def world(simulation_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The world the scenarios act in."""
    acting = World(simulation_url, tmp_path_factory.mktemp("work"), shipped("fixtures"))
    yield acting
    acting.close()


@pytest.fixture(scope="session")
def loop(world: World) -> Loop:
    """The world, taken along the loop as far as scenarios need it."""
    return Loop(world)
