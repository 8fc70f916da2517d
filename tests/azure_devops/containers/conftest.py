"""One service for all container tests: steps on the agent in closed rooms, containers in the real Docker engine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator.azure_devops.task_definitions.catalogue import BUILT_IN
from simulator.azure_devops.task_definitions.on_disk import read_tasks
from simulator.runtime.docker_images import DEFAULT_BASE_IMAGE
from simulator.runtime.engine_process import ProcessEngine
from simulator.runtime.images import Images
from simulator.runtime.job_containers.containers import JobContainers
from simulator.runtime.proxy_rules import Rules
from simulator.runtime.reach import Reach
from simulator.topology import load
from tests.azure_devops.conftest import Served, working_copy
from tests.azure_devops.test_agent import log_text

NODE = shutil.which("node")
IMAGE = os.environ.get("SIMULATOR_BASE_IMAGE") or DEFAULT_BASE_IMAGE


@pytest.fixture(scope="module")
def own_tasks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tasks of a user, and beside one the node of this machine, where it has one: no image here has a node."""
    place = tmp_path_factory.mktemp("tasks")
    shutil.copytree(Path(__file__).parent / "own", place, dirs_exist_ok=True)
    if NODE is not None:
        (place / "Look" / "bin").mkdir()
        shutil.copy(NODE, place / "Look" / "bin" / "node")
    return place


@pytest.fixture(scope="module")
def contained(
    tmp_path_factory: pytest.TempPathFactory, image_cache: Path, own_tasks: Path
) -> Iterator[Served]:
    """The service, with containers; registries on this machine may be reached."""
    directory = tmp_path_factory.mktemp("contained")
    images = Images(Path(__file__).parents[1] / "images", image_cache)
    containers: list[JobContainers] = []

    def make(port: int) -> ProcessEngine:
        reach = Reach(1, port, proxy=1)  # nobody listens: what goes by the proxy fails
        containers.append(
            JobContainers(directory / "containers", reach, Rules(1, port, ("localhost",), tuple))
        )
        return ProcessEngine(directory / "works", reach, images)

    service = Served(
        load(),
        directory / "state",
        make_engine=make,
        make_containers=lambda: containers[-1],
        tasks=BUILT_IN.with_own(read_tasks(own_tasks)),
    )
    service.start()
    yield service
    service.stop()
    assert service.left == [], "containers of jobs are left behind"


@pytest.fixture(scope="module")
def build(contained: Served, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Push files, start the pipeline, wait for its end: the build, its log text and its timeline."""
    git = working_copy(contained, tmp_path_factory.mktemp("working"))

    def run(yaml: str, files: dict[str, str] | None = None) -> Any:
        text = "trigger: none\n" + yaml.replace("IMAGE", IMAGE)
        git.commit({"azure-pipelines.yml": text, **(files or {})})
        git("push", "-q", "origin", "main")
        with contained.client("ada") as client:
            answer = client.post("ml/_apis/pipelines/1/runs", json={})
            assert answer.status_code == 200, answer.text
            contained.rest()
            found = client.get(f"ml/_apis/build/builds/{answer.json()['id']}").json()
            timeline = client.get(f"ml/_apis/build/builds/{found['id']}/timeline").json()["records"]
            return found, log_text(client, found), timeline

    return run
