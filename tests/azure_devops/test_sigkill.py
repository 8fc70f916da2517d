"""A server that is killed while a step works and a gate waits: the next one goes on from there."""

from __future__ import annotations

from tests.azure_devops.conftest import working_copy
from tests.azure_devops.killable import wait_for
from tests.azure_devops.scripted import log_text

YAML = """
trigger: none
stages:
  - stage: Work
    jobs:
      - job: J
        steps:
          - script: |
              python3 -m http.server 8082 --bind 127.0.0.1 >/tmp/log 2>&1 &
              until grep -qs Serving /tmp/log; do read -t 0.05 line < /dev/zero || true; done
              echo once >> $(Pipeline.Workspace)/count
              echo "##vso[task.setvariable variable=colour;isOutput=true]blue"
              until test -e $(Pipeline.Workspace)/go; do read -t 0.05 line < /dev/zero || true; done
            name: slow
          - script: test "$(cat $(Pipeline.Workspace)/count)" = once
          - script: curl --silent --fail --output /dev/null http://127.0.0.1:8082/
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
    assert "Z Terminate orphan process: pid (" in log_text(killable, {"id": build})
    assert list((tmp_path / "works").glob("*/name")) == []


def test_a_killed_server_leaves_nothing_of_a_run_that_was_canceled(killable, tmp_path, image_cache):
    git = working_copy(killable, tmp_path)
    git.commit({"azure-pipelines.yml": YAML})
    git("push", "-q", "origin", "main")
    with killable.client("ada") as client:
        build = client.post("ml/_apis/pipelines/1/runs", json={}).json()["id"]
        while not list((tmp_path / "state").glob("azure_devops/work/*/*/home/work/1/count")):
            pass
        killable.kill()
        killable.serve(tmp_path, image_cache)
        client.patch(f"ml/_apis/build/builds/{build}", json={"status": "cancelling"}).raise_for_status()
        wait_for(client, build, ("Stage", "Work", "completed"))
    assert "Z Terminate orphan process: pid (" in log_text(killable, {"id": build})
    assert list((tmp_path / "works").glob("*/name")) == []
