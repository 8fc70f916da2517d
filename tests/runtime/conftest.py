"""Rooms for every engine, and a cache of the bare image that all tests of a session share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.runtime.reach import Reach
from tests.runtime.rooms import Room, web_server


@pytest.fixture(scope="session")
def image_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty cache: the bare image needs no network to be built."""
    return tmp_path_factory.mktemp("images")


@pytest.fixture
def simulator_ports() -> Iterator[tuple[int, int]]:
    """Two servers that stand for the simulator's clouds."""
    with web_server("this is aws") as aws, web_server("this is azure devops") as azure_devops:
        yield aws, azure_devops


def _room(kind: str, tmp_path: Path, cache: Path, ports: tuple[int, int]) -> Iterator[Room]:
    room = Room(kind, tmp_path / "works", cache, Reach(*ports))
    yield room
    room.close()


@pytest.fixture(params=["process", "scripted", pytest.param("docker", marks=pytest.mark.docker)])
def room(request, tmp_path, image_cache, simulator_ports) -> Iterator[Room]:
    """Each engine in turn."""
    yield from _room(request.param, tmp_path, image_cache, simulator_ports)


@pytest.fixture(params=["process", pytest.param("docker", marks=pytest.mark.docker)])
def real_room(request, tmp_path, image_cache, simulator_ports) -> Iterator[Room]:
    """Each engine that runs programs."""
    yield from _room(request.param, tmp_path, image_cache, simulator_ports)


@pytest.fixture
def process_room(tmp_path, image_cache, simulator_ports) -> Iterator[Room]:
    """The process engine alone."""
    yield from _room("process", tmp_path, image_cache, simulator_ports)
