"""Pools, queues, agents, tasks and groups over the wire, by the SDK where it has the call."""

from __future__ import annotations

import pytest
from azure.devops.v7_1.task_agent.models import (
    ProjectReference,
    TaskAgentPool,
    TaskAgentQueue,
    VariableGroupParameters,
    VariableGroupProjectReference,
    VariableValue,
)

from simulator.azure_devops.identities import stable_id
from tests.azure_devops.pipelines.test_checks import DEPLOY, PASSED, connection, stage


@pytest.fixture
def tasks(connect):
    return connect("operator").clients_v7_1.get_task_agent_client()


def test_the_simulators_own_pools_have_agents_with_capabilities(served, tasks):
    pools = {pool.name: pool for pool in tasks.get_agent_pools()}
    assert (pools["Azure Pipelines"].is_hosted, pools["Default"].is_hosted) == (True, False)
    agents = tasks.get_agents(pools["Azure Pipelines"].id, include_capabilities=True)
    assert [agent.status for agent in agents] == ["online"] * pools["Azure Pipelines"].size
    assert agents[0].system_capabilities["Agent.OS"] == "Linux"
    assert {queue.name for queue in tasks.get_agent_queues("ml")} == {"Azure Pipelines", "Default"}
    with served.client() as client:
        url = f"_apis/distributedtask/pools/{pools['Default'].id}"
        assert client.delete(url).status_code == 400
        found = client.get(f"{url}/agents", params={"demands": "Agent.OS -equals Windows_NT"})
        assert found.json()["count"] == 0


def test_a_pool_is_made_used_by_a_queue_and_removed(tasks, served):
    pool = tasks.add_agent_pool(TaskAgentPool(name="own", auto_provision=False))
    queue = tasks.add_agent_queue(TaskAgentQueue(name="own", pool=pool), "ml", authorize_pipelines=True)
    assert tasks.get_agent_queues_by_names(["own"], project="ml")[0].id == queue.id
    with served.client() as client:
        agents = f"_apis/distributedtask/pools/{pool.id}/agents"
        made = client.post(agents, json={"name": "mine", "version": "4.0.0"}).json()
        assert (made["status"], made["enabled"]) == ("offline", True)
        again = client.post(agents, json={"name": "mine"})
        assert again.status_code == 409
        changed = client.put(f"{agents}/{made['id']}/usercapabilities", json={"gpu": "yes"})
        assert changed.json()["userCapabilities"] == {"gpu": "yes"}
        assert client.patch(f"{agents}/{made['id']}", json={"enabled": False}).json()["enabled"] is False
        assert client.delete(f"{agents}/{made['id']}").status_code == 204
        # The SDK leaves the connection of a 204 open, and the garbage collector complains.
        assert client.delete(f"_apis/distributedtask/pools/{pool.id}").status_code == 204
    assert "own" not in [one.name for one in tasks.get_agent_queues("ml")]


def test_a_group_of_several_projects_has_its_name_in_each(tasks, served):
    references = [
        VariableGroupProjectReference(name=name, project_reference=ProjectReference(name=project))
        for project, name in (("ml", "ours"), ("fraud", "theirs"))
    ]
    values = {"a": VariableValue(value="1"), "b": VariableValue(value="hidden-word", is_secret=True)}
    made = tasks.add_variable_group(
        VariableGroupParameters(
            name="ours", type="Vsts", variables=values, variable_group_project_references=references
        )
    )
    assert made.is_shared
    assert tasks.get_variable_groups("fraud")[0].name == "theirs"
    assert tasks.get_variable_groups_by_id("ml", [made.id])[0].variables["b"].value is None
    with served.client() as client:
        vault = {"name": "v", "type": "AzureKeyVault", "variables": {}}
        refused = client.post("ml/_apis/distributedtask/variablegroups", json=vault)
        assert (refused.status_code, "AzureKeyVault" in refused.json()["message"]) == (501, True)
        fraud = stable_id("project", "fraud")
        url = f"_apis/distributedtask/variablegroups/{made.id}"
        assert client.delete(url, params={"projectIds": fraud}).status_code == 204
        assert client.get("fraud/_apis/distributedtask/variablegroups").json()["value"] == []
        assert client.get(f"ml/{url}").json()["name"] == "ours"


def test_task_definitions_are_those_of_the_catalogue_and_of_the_schema(served):
    with served.client() as client:
        found = client.get("_apis/distributedtask/tasks").json()["value"]
        bash = next(one for one in found if (one["name"], one["version"]["major"]) == ("Bash", 3))
        one = client.get(f"_apis/distributedtask/tasks/{bash['id']}").json()["value"]
        # ShellScript@2 has the same id, as on the service.
        assert {each["name"] for each in one} == {"Bash", "ShellScript"}
        kinds = {each["name"]: each["type"] for each in bash["inputs"]}
        assert kinds["failOnStderr"] == "boolean"
        missing = client.get("_apis/distributedtask/tasks/00000000-0000-0000-0000-000000000001")
        assert missing.status_code == 404
        schema = client.get("_apis/distributedtask/yamlschema").json()
    named = [each["properties"]["task"]["const"] for each in schema["definitions"]["task"]["anyOf"]]
    assert "Bash@3" in named


def test_an_environment_is_renamed_and_deleted_with_its_checks(queued, served):
    with served.client() as client:
        url = "ml/_apis/distributedtask/environments"
        made = client.post(url, json={"name": "qa"}).json()
        changed = client.patch(f"{url}/{made['id']}", json={"name": "quality", "description": "d"}).json()
        assert (changed["name"], changed["description"]) == ("quality", "d")
        taken = client.patch(f"{url}/{made['id']}", json={"name": "staging"})
        assert taken.status_code == 409
        assert client.delete(f"{url}/{made['id']}").status_code == 204
    assert stage(served, queued(DEPLOY)) == PASSED


def test_what_is_not_simulated_is_named(served):
    with served.client() as client:
        for path in ("deploymentgroups", "taskgroups"):
            answer = client.post(f"ml/_apis/distributedtask/{path}", json={"name": "x"})
            assert answer.status_code == 501, (path, answer.text)


def test_a_kubernetes_resource_is_kept_and_a_deployment_to_it_is_refused_by_name(git, served):
    made = connection(served)
    body = {"name": "cluster", "namespace": "prod", "clusterName": "c1", "serviceEndpointId": made}
    places = [
        f"ml/_apis/{area}/environments/1/providers/kubernetes" for area in ("distributedtask", "pipelines")
    ]
    with served.client() as client:
        row = client.post(places[0], json={**body, "tags": ["blue"]}).json()
        assert (row["type"], row["namespace"], row["tags"]) == ("kubernetes", "prod", ["blue"])
        assert client.get(f"{places[1]}/{row['id']}").json() == row
        assert client.post(places[1], json=body).status_code == 400
        assert client.post(places[1], json={**body, "serviceEndpointId": f"{0:032x}"}).status_code == 404
        environment = "ml/_apis/distributedtask/environments/1"
        (shown,) = client.get(environment, params={"expands": "resourceReferences"}).json()["resources"]
        assert (shown["name"], client.get(environment).json()["resources"]) == ("cluster", [])
        name = client.get(environment).json()["name"]
        yaml = DEPLOY.replace("environment: staging", f"environment: {name}.cluster")
        git.commit({"azure-pipelines.yml": yaml})
        git("push", "-q", "origin", "main")
        refused = client.post("ml/_apis/pipelines/1/runs", json={})
        assert refused.status_code == 501
        assert f"a Kubernetes resource of environment {name}" in refused.json()["message"]
        assert client.delete(f"{places[0]}/{row['id']}").status_code == 204
        assert client.get(f"{places[0]}/{row['id']}").status_code == 404
