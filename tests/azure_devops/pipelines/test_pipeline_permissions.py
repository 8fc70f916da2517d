"""Permits: a resource that somebody made is closed until somebody opens it; those of the topology are open."""

from __future__ import annotations

from tests.azure_devops.pipelines.test_checks import DEPLOY, PASSED, stage
from tests.azure_devops.scripted import records

GROUP = DEPLOY.replace("lockBehavior: sequential", "variables:\n  - group: made\n")


def group(served):
    project = {"projectReference": {"name": "ml"}, "name": "made"}
    body: dict[str, object] = {"name": "made", "type": "Vsts", "variables": {"a": {"value": "1"}}}
    with served.client() as client:
        body["variableGroupProjectReferences"] = [project]
        return client.post("_apis/distributedtask/variablegroups", json=body).json()["id"]


def permit(served, identifier, body, person="grace"):
    with served.client(person) as client:
        return client.patch(f"ml/_apis/pipelines/pipelinepermissions/variablegroup/{identifier}", json=body)


def test_the_first_use_waits_for_a_permit_and_goes_on_with_it(queued, served):
    made = group(served)
    build = queued(GROUP)
    assert stage(served, build) == ("Deploy", "pending", None)
    assert records(served, build, "Checkpoint.Authorization")[0][1] == "inProgress"
    refused = permit(served, made, {"pipelines": [{"id": 1, "authorized": True}]}, "ada")
    assert refused.status_code in (401, 403)
    answer = permit(served, made, {"pipelines": [{"id": 1, "authorized": True}]})
    assert answer.json()["pipelines"][0]["authorizedBy"]["displayName"] == "Grace Hopper"
    served.rest()
    assert stage(served, build) == PASSED
    assert stage(served, queued(GROUP)) == PASSED


def test_all_pipelines_may_be_permitted_and_a_permit_taken_back(queued, served):
    made = group(served)
    assert permit(served, made, {"allPipelines": {"authorized": True}}).json()["allPipelines"]["authorized"]
    assert stage(served, queued(GROUP)) == PASSED
    assert "allPipelines" not in permit(served, made, {"allPipelines": {"authorized": False}}).json()
    assert stage(served, queued(GROUP))[1] == "pending"


def test_what_the_topology_names_is_open_to_every_pipeline(served):
    with served.client() as client:
        answer = client.get("ml/_apis/pipelines/pipelinepermissions/environment/1").json()
        assert answer["allPipelines"]["authorized"] is True
        missing = client.get("ml/_apis/pipelines/pipelinepermissions/environment/99")
    assert missing.status_code == 404
