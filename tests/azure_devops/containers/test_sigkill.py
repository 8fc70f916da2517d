"""A server that is killed while a step works in a container: the next one goes on there, and removes what is left."""

from __future__ import annotations

import docker
import pytest

from simulator.runtime.job_containers.removing import mark, remove
from simulator.runtime.job_containers.room import SET, DockerRoom
from simulator.runtime.proxy_rules import Rules
from simulator.runtime.reach import Reach
from tests.azure_devops.conftest import working_copy
from tests.azure_devops.containers.conftest import IMAGE
from tests.azure_devops.killable import wait_for

pytestmark = pytest.mark.docker
YAML = f"""
trigger: none
container: {IMAGE}
steps:
  - checkout: none
  - script: |
      echo once >> $(Pipeline.Workspace)/count; touch ~/only-here
      echo "##vso[task.setvariable variable=colour]blue"
      until test -e $(Pipeline.Workspace)/go; do read -t 0.05 line < /dev/zero || true; done
    name: slow
  - script: test "$(cat $(Pipeline.Workspace)/count) $(colour)" = "once blue" && test -e ~/only-here
"""


@pytest.fixture
def killable(killable, tmp_path):
    yield killable
    killable.kill()
    room = DockerRoom((tmp_path / "containers").resolve(), Reach(1, 2), Rules(1, 2))
    for name in {container.labels[SET] for container in room.listed()}:  # of a test that failed
        remove(room, name, lambda _: None)
    room.close()


def test_a_killed_server_goes_on_in_the_container_and_leaves_none_behind(killable, tmp_path, image_cache):
    git = working_copy(killable, tmp_path)
    git.commit({"azure-pipelines.yml": YAML})
    git("push", "-q", "origin", "main")
    room = DockerRoom((tmp_path / "containers").resolve(), Reach(1, 2), Rules(1, 2))
    with killable.client("ada") as client:
        build = client.post("ml/_apis/pipelines/1/runs", json={}).json()["id"]
        wait_for(client, build, ("Task", "CmdLine", "inProgress"))
        counted = None
        while counted is None:
            counted = next((tmp_path / "state").glob("azure_devops/work/*/*/home/work/1/count"), None)
        killable.kill()
        (counted.parent / "go").touch()
        # What a job leaves whose run nobody will come back to.
        left = "azure-devops-999-a job of long ago"
        mark(room, left)
        room.client().containers.create(IMAGE, "true", labels=room.labels(left, "job", "job"))
        killable.serve(tmp_path, image_cache)
        found = wait_for(client, build, ("Stage", "__default", "completed"))
    assert [row["result"] for row in found if row["type"] == "Task"] == ["succeeded"] * 6
    assert room.listed() == []
    room.close()
    client = docker.from_env()
    assert client.networks.list(filters={"label": f"simulator.engine={room.label}"}) == []
    client.close()
