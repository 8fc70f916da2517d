"""A server that is killed while a check waits for its callback and a hook for its retry: the next one goes on."""

from __future__ import annotations

import json

import pytest

from simulator.azure_devops.identities import stable_id
from tests.azure_devops.conftest import working_copy
from tests.azure_devops.killable import wait_for

# The job does not run: what is looked at is the gate before it.
YAML = """
trigger: none
stages:
  - stage: Deploy
    jobs:
      - deployment: D
        environment: staging
        condition: false
        strategy: {runOnce: {deploy: {steps: [{script: echo deploy}]}}}
"""
FUNCTION = {"id": "537fdb7a-a601-4537-aa70-92645a2b5ce4", "name": "AzureFunction", "version": "1.0.0"}


@pytest.fixture
def told_of_outside(outside, monkeypatch):
    monkeypatch.setenv("OUTSIDE_ORIGIN", outside.origin)


@pytest.fixture
def killable(told_of_outside, killable):
    return killable


def test_a_waiting_check_and_a_waiting_retry_outlive_a_kill(killable, tmp_path, image_cache, outside):
    git = working_copy(killable, tmp_path)
    git.commit({"azure-pipelines.yml": YAML})
    git("push", "-q", "origin", "main")
    inputs = {"function": "https://outside.example/check", "waitForCompletion": "true"}
    settings = {"definitionRef": FUNCTION, "inputs": inputs}
    check = {
        "type": {"name": "Task Check"},
        "settings": settings,
        "resource": {"type": "environment", "id": "1"},
    }
    hook: dict[str, object] = {
        "publisherId": "pipelines",
        "eventType": "ms.vss-pipelines.stage-state-changed-event",
    }
    hook |= {"consumerId": "webHooks", "consumerActionId": "httpRequest"}
    hook["consumerInputs"] = {"url": "https://outside.example/hook"}
    hook["publisherInputs"] = {"projectId": stable_id("project", "ml"), "stageStateId": "Waiting"}
    outside.by_path["/hook"] = [(503, b""), (503, b""), (503, b""), (200, b"")]
    with killable.client() as client:
        assert client.post("ml/_apis/pipelines/checks/configurations", json=check).status_code == 200
        assert client.post("_apis/hooks/subscriptions", json=hook).status_code == 200
        build = client.post("ml/_apis/pipelines/1/runs", json={}).json()["id"]
        (asked,) = outside.wait("/check", 1)
        outside.wait("/hook", 1)
        killable.kill()
        killable.serve(tmp_path, image_cache)
        hooks = outside.wait("/hook", 4)
        assert len({json.loads(one.body)["id"] for one in hooks}) == 1
        event = {"name": "TaskCompleted", "taskId": asked.headers["taskinstanceid"], "result": "succeeded"}
        event["jobId"] = asked.headers["jobid"]
        plan = f"ml/_apis/distributedtask/hubs/checks/plans/{asked.headers['planid']}"
        bearer = {"authorization": f"Bearer {asked.headers['authtoken']}"}
        assert client.post(f"{plan}/events", json=event, headers=bearer, auth=None).status_code in (200, 204)
        found = wait_for(client, build, ("Stage", "Deploy", "completed"))
    assert [row["result"] for row in found if row["type"] == "Checkpoint.TaskCheck"] == ["succeeded"]
    assert len([one for one in outside.asked if one.path == "/check"]) == 1
