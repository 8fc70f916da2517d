"""Retention: what the daily clean-up deletes, and what keeps a run."""

from __future__ import annotations

import pytest

from simulator.azure_devops.pipelines.project_settings import RETENTION_DEFAULTS
from simulator.azure_devops.pipelines.purging import days_kept, recent
from tests.azure_devops.scripted import SIMPLE, prints

DAY = 86400
# The table of Learn "Retention policies": three recent runs, main is the default branch, release is protected.
TABLE = [
    (10, "main", True),
    (9, "branch1", True),
    (8, "branch2", True),
    (7, "main", True),
    (6, "main", True),
    (5, "main", False),
    (4, "main", False),
    (3, "branch1", False),
    (2, "release", True),
    (1, "main", False),
]
PUBLISHING = """
trigger: none
steps:
  - checkout: none
  - script: write it
  - publish: $(Build.ArtifactStagingDirectory)
    artifact: model
"""


def test_the_recent_runs_are_those_of_the_documentations_table():
    runs = [{"id": number, "sourceBranch": branch} for number, branch, _ in TABLE]
    kept = recent(runs, lambda ref: ref in ("main", "release"), 3)
    assert [(number, branch, number in kept) for number, branch, _ in TABLE] == TABLE


@pytest.mark.parametrize(("reason", "days"), [("PullRequest", 10), ("IndividualCI", 30)])
def test_runs_of_pull_requests_have_days_of_their_own(reason, days):
    assert days_kept(RETENTION_DEFAULTS, {"reason": reason}) == days


def ids(client, **params):
    return [build["id"] for build in client.get("ml/_apis/build/builds", params=params).json()["value"]]


def test_a_run_that_nothing_keeps_is_deleted_by_the_daily_clean_up_and_destroyed_later(git, served):
    served.engine._scripts[:] = prints()._scripts
    git.commit({"azure-pipelines.yml": PUBLISHING})
    git("push", "-q", "origin", "main")
    with served.client() as client:
        runs = [client.post("ml/_apis/pipelines/1/runs", json={}).json()["id"] for _ in range(4)]
        served.rest()
        old, leased, kept, newest = runs
        settings = {
            "retainRunsPerProtectedBranch": {"value": 1},
            "artifactsRetention": {"value": 5},
            "runRetention": {"value": 30},
        }
        assert client.patch("ml/_apis/build/retention", json=settings).status_code == 200
        lease = {"daysValid": 40, "definitionId": 1, "runId": leased, "ownerId": "User:me"}
        client.post("ml/_apis/build/retention/leases", json=[lease])
        client.patch(f"ml/_apis/build/builds/{kept}", json={"keepForever": True})
        place = served.kernel.store.directory / "azure_devops"
        artifacts = f"ml/_apis/build/builds/{old}/artifacts"
        assert client.get(artifacts).json()["count"] == 1
        served.run(served.kernel.scheduler.advance(7 * DAY))
        assert client.get(artifacts).json()["count"] == 0
        assert not (place / "artifacts" / str(old)).exists()
        assert client.get(f"ml/_apis/build/builds/{newest}/artifacts").json()["count"] == 1
        assert sorted(ids(client)) == runs
        served.run(served.kernel.scheduler.advance(25 * DAY))
        assert sorted(ids(client)) == [leased, kept, newest]
        assert ids(client, deletedFilter="onlyDeleted") == [old]
        assert client.get(f"ml/_apis/build/builds/{old}").status_code == 404
        assert not (place / "logs" / str(old)).exists()
        served.run(served.kernel.scheduler.advance(10 * DAY))
        assert sorted(ids(client)) == [kept, newest]
        served.run(served.kernel.scheduler.advance(31 * DAY))
        assert ids(client, deletedFilter="onlyDeleted") == []
        again = client.post("ml/_apis/pipelines/1/runs", json={}).json()["id"]
        assert again > newest
    served.rest()


def test_deleted_runs_are_no_longer_the_newest_version_of_a_pipeline_resource(git, served):
    served.engine._scripts[:] = prints()._scripts
    using = SIMPLE.replace(
        "steps:", "resources: {pipelines: [{pipeline: up, source: model-build}]}\nsteps:", 1
    )
    git.commit({"azure-pipelines.yml": SIMPLE, "using.yml": using})
    git("push", "-q", "origin", "main")
    with served.client() as client:
        made = client.post("ml/_apis/pipelines/1/runs", json={}).json()["id"]
        served.rest()
        source = client.get("ml/_apis/git/repositories/model_build").json()["id"]
        place = {"type": "yaml", "path": "using.yml", "repository": {"id": source, "type": "azureReposGit"}}
        user = client.post("ml/_apis/pipelines", json={"name": "using", "configuration": place}).json()["id"]
        client.delete(f"ml/_apis/build/builds/{made}")
        refused = client.post(f"ml/_apis/pipelines/{user}/runs", json={})
    assert refused.status_code == 400
    assert "Unable to resolve latest version for pipeline up" in refused.json()["message"]
