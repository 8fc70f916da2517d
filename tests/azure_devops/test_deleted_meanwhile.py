"""A repository that is deleted while a consumer of the log works on it stops nobody: no consumer fails on it."""

from __future__ import annotations

import pytest

from simulator.azure_devops.organization import DEFINITION, REPOSITORY
from simulator.azure_devops.policies import steward
from simulator.azure_devops.pull_requests.settling import settle as real_settle
from tests.azure_devops import repositories
from tests.azure_devops.scripted import SIMPLE


@pytest.fixture
def failed(shared):
    """What consumers have failed on since the test began, when every fact has been acted on."""
    before = len(shared.facts("ConsumerFailed"))

    def failures():
        shared.hear()
        shared.rest()
        return [fact.detail for fact in shared.facts("ConsumerFailed")[before:]]

    return failures


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_pull_request_whose_repository_is_deleted_while_it_is_settled(
    shared, repository, monkeypatch, when, failed
):
    async def settle(requests, row):
        if when == "after":
            row = await real_settle(requests, row)
        shared.kernel.store.delete(REPOSITORY, repository.id)
        return row if when == "after" else await real_settle(requests, row)

    monkeypatch.setattr(steward, "settle", settle)
    repository.request("change")
    assert failed() == []


def test_a_pipeline_whose_repository_is_deleted_when_another_completes(
    shared, repository, monkeypatch, failed
):
    repository.push("main", {"azure-pipelines.yml": SIMPLE})
    kept = {"type": "azureReposGit", "id": repository.id}
    body = {"configuration": {"type": "yaml", "path": "/azure-pipelines.yml", "repository": kept}}
    made = [
        repositories.call(
            shared, "POST", "ml/_apis/pipelines", json={"name": f"p{repository.name}{n}", **body}
        )
        for n in range(2)
    ]
    run = repositories.call(shared, "POST", f"ml/_apis/pipelines/{made[0]['id']}/runs", json={})
    organization = shared.azure.organization
    # As it is between the list of pipelines and the look at one of them.
    monkeypatch.setattr(
        organization, "definitions", lambda project="": organization.rows(DEFINITION, project)
    )

    def lose():
        row = organization.definition(organization.project("ml")["id"], made[1]["id"])
        organization.save(DEFINITION, {**row, "repository": "gone"})

    shared.call(lose)
    assert failed() == []
    state = shared.call(lambda: organization.numbered("azure_devops.run", run["id"])["state"])
    assert state == "completed"
