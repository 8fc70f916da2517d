"""A server that is killed while a step works and a gate waits: the next one goes on from there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from simulator.topology import load
from tests.azure_devops.conftest import Served, working_copy

HERE = Path(__file__).parent
YAML = """
trigger: none
stages:
  - stage: Work
    jobs:
      - job: J
        steps:
          - script: |
              echo once >> $(Pipeline.Workspace)/count
              echo "##vso[task.setvariable variable=colour;isOutput=true]blue"
              until test -e $(Pipeline.Workspace)/go; do read -t 0.05 line < /dev/zero || true; done
            name: slow
          - script: test "$(cat $(Pipeline.Workspace)/count)" = once
  - stage: Deploy
    jobs:
      - deployment: D
        environment: production
        variables:
          colour: $[ stageDependencies.Work.J.outputs['slow.colour'] ]
        strategy:
          runOnce:
            deploy:
              steps:
                - script: test "$(colour)" = blue
"""


class Killable(Served):
    """The service in a process of its own on a fixed port."""

    def serve(self, place: Path, cache: Path) -> None:
        """Start it, and wait until it answers."""
        arguments = [self.port, place / "state", place / "works", HERE / "images", cache]
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "served_alone.py"), *map(str, arguments)],
            env={**os.environ, "PYTHONPATH": str(HERE.parents[1])},
        )
        self.url = f"http://localhost:{self.port}/{self.topology.organization}"
        transport = httpx.HTTPTransport(retries=12)
        with httpx.Client(transport=transport, trust_env=False) as client:
            client.get(f"http://127.0.0.1:{self.port}/_simulator/health").raise_for_status()

    def kill(self) -> None:
        """SIGKILL: no goodbye."""
        self.process.kill()
        self.process.wait()


@pytest.fixture
def killable(tmp_path, image_cache, free_port):
    service = Killable(load(), port=free_port)
    service.serve(tmp_path, image_cache)
    yield service
    service.kill()


def wait_for(client, build, wanted):
    """The build's timeline, as soon as it has what is wanted; each look waits for the server, not for a clock."""
    while True:
        found = client.get(f"ml/_apis/build/builds/{build}/timeline").json()["records"]
        if any((row["type"], row["name"], row["state"]) == wanted for row in found):
            return found
        stages = [row for row in found if row["type"] == "Stage"]
        over = bool(stages) and all(row["state"] == "completed" for row in stages)
        assert not over, f"the run ended ({[row['result'] for row in stages]}) without {wanted}"


def test_a_killed_server_goes_on_with_its_living_step_and_its_waiting_gate(killable, tmp_path, image_cache):
    git = working_copy(killable, tmp_path)
    git.commit({"azure-pipelines.yml": YAML})
    git("push", "-q", "origin", "main")
    with killable.client("ada") as client:
        build = client.post("ml/_apis/pipelines/1/runs", json={}).json()["id"]
        wait_for(client, build, ("Task", "CmdLine", "inProgress"))
        counted = None
        while counted is None:
            counted = next((tmp_path / "state").glob("azure_devops/work/*/*/home/work/1/count"), None)
        killable.kill()
        (counted.parent / "go").touch()
        killable.serve(tmp_path, image_cache)
        wait_for(client, build, ("Checkpoint.Approval", "Checkpoint.Approval", "inProgress"))
        killable.kill()
        killable.serve(tmp_path, image_cache)
    with killable.client("grace") as client:
        (approval,) = client.get("ml/_apis/pipelines/approvals", params={"state": "pending"}).json()["value"]
        body = [{"approvalId": approval["id"], "status": "approved"}]
        assert client.patch("ml/_apis/pipelines/approvals", json=body).status_code == 200
        found = wait_for(client, build, ("Stage", "Deploy", "completed"))
    assert [row["result"] for row in found if row["type"] == "Stage"] == ["succeeded", "succeeded"]
