"""A server that is killed while a step works and a gate waits: the next one goes on from there."""

from __future__ import annotations

from tests.azure_devops.conftest import working_copy
from tests.azure_devops.killable import wait_for

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
