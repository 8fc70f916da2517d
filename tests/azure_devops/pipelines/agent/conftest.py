"""Jobs of real programs in closed rooms: one simulator for all tests of this directory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from simulator.runtime.engine_process import ProcessEngine
from simulator.runtime.images import Images
from simulator.runtime.reach import Reach
from simulator.topology import load
from tests.azure_devops import conftest as azure
from tests.azure_devops.scripted import log_text


@dataclass
class Jobs:
    """A working copy, and what runs when it is pushed."""

    served: azure.Served
    git: azure.Git

    def start(self, yaml: str, files: dict[str, str] | None = None) -> Any:
        """Push the pipeline with other files and start it: the run."""
        self.git.commit({"azure-pipelines.yml": "trigger: none\n" + yaml, **(files or {})})
        self.git("push", "-q", "origin", "main")
        with self.served.client("ada") as client:
            answer = client.post("ml/_apis/pipelines/1/runs", json={})
            assert answer.status_code == 200, answer.text
            return answer.json()

    def said(self, run: Any, text: str) -> None:
        """Wait until a step of the run has said it."""

        async def waited() -> None:
            at = 0
            while not any(text in path.read_text() for path in logs.glob("*.log")):
                await self.served.kernel.log.wait(at, 0.05)
                at = self.served.kernel.log.last()

        assert self.served.directory is not None
        logs = self.served.directory / "azure_devops" / "logs" / str(run["id"])
        self.served.run(waited())

    def ended(self, run: Any) -> tuple[Any, str]:
        """Wait for the end of a run: the build and all its log text."""
        self.served.rest()
        with self.served.client("ada") as client:
            build = client.get(f"ml/_apis/build/builds/{run['id']}").json()
        return build, log_text(self.served, build)

    def run(self, yaml: str, files: dict[str, str] | None = None) -> tuple[Any, str]:
        """Start it, and wait for its end."""
        return self.ended(self.start(yaml, files))


def running(word: str) -> int:
    """How many processes of this machine are called so."""
    found = 0
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found += place.read_bytes().split(b"\0")[0] == word.encode()
        except OSError:
            continue  # it has just ended
    return found


@pytest.fixture(scope="package")
def jobs(tmp_path_factory: pytest.TempPathFactory, image_cache: Path) -> Iterator[Jobs]:
    """A service with the process engine, and an empty working copy of model_build."""
    place = tmp_path_factory.mktemp("jobs")
    images = Images(Path(azure.__file__).parent / "images", image_cache)
    served = azure.Served(
        load(),
        place / "state",
        make_engine=lambda port: ProcessEngine(place / "works", Reach(1, port), images),
    )
    served.start()
    yield Jobs(served, azure.working_copy(served, place))
    served.stop()
