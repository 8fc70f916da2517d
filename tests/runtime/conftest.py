"""Rooms for every engine, and a cache of the bare image that all tests of a session share."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest

from simulator.runtime.reach import Reach
from tests.runtime.rooms import Room, web_server


@pytest.fixture(scope="session")
def image_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty cache: the bare image needs no network to be built."""
    return tmp_path_factory.mktemp("images")


CI_BASE_IMAGE = "simulator-base:bookworm"  # what .ci/run makes where no image registry is reached


@pytest.fixture(scope="session")
def base_image() -> Iterator[None]:
    """Containers are built on the base image of CI where that is there and nothing else was said."""
    with pytest.MonkeyPatch.context() as patch, contextlib.closing(docker.from_env()) as client:
        if "SIMULATOR_BASE_IMAGE" not in os.environ and client.images.list(name=CI_BASE_IMAGE):
            patch.setenv("SIMULATOR_BASE_IMAGE", CI_BASE_IMAGE)
        yield


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
    if request.param == "docker":
        request.getfixturevalue("base_image")
    yield from _room(request.param, tmp_path, image_cache, simulator_ports)


@pytest.fixture(params=["process", pytest.param("docker", marks=pytest.mark.docker)])
def real_room(request, tmp_path, image_cache, simulator_ports) -> Iterator[Room]:
    """Each engine that runs programs."""
    if request.param == "docker":
        request.getfixturevalue("base_image")
    yield from _room(request.param, tmp_path, image_cache, simulator_ports)


@pytest.fixture
def process_room(tmp_path, image_cache, simulator_ports) -> Iterator[Room]:
    """The process engine alone."""
    yield from _room("process", tmp_path, image_cache, simulator_ports)
