"""Virtual machines of environments: registered by REST as agents register themselves, then deployed to."""

from __future__ import annotations

import httpx
import pytest

from simulator.azure_devops.pipelines.deployment_turns import batch_size
from simulator.runtime.engine_scripted import Script
from tests.azure_devops.scripted import prints, records, script_of, started
from tests.azure_devops.test_run_stages import holding

MACHINES = "ml/_apis/pipelines/environments/1/providers/virtualmachines"
HOOKS = ("preDeploy", "deploy", "routeTraffic", "postRouteTraffic")


def register(client: httpx.Client, name, *tags, **agent):
    body = {"name": name, "tags": list(tags), "agent": {"name": name, "version": "4.0.0", **agent}}
    answer = client.post(MACHINES, json={"virtualMachineResource": body})
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
def machines(served):
    """Three machines for the web and one of the store, by name."""
    with served.client() as client:
        tags = {"vm1": "web", "vm2": "web", "vm3": "web", "vm4": "store"}
        return {name: register(client, name, tag) for name, tag in tags.items()}


def rolling(
    served, more="", hooks=HOOKS, environment="{name: NAME, resourceType: virtualMachine, tags: Web}"
):
    with served.client() as client:
        name = client.get("ml/_apis/pipelines/environments/1").json()["name"]
    steps = "".join(
        f"      {hook}: {{steps: [{{download: none}}, {{script: run {hook}}}]}}\n" for hook in hooks
    )
    return (
        f"trigger: none\njobs:\n- deployment: D\n  environment: {environment.replace('NAME', name)}\n"
        f"  strategy:\n    rolling:\n{more}{steps}"
        "      on:\n        success: {steps: [{script: run success}]}\n"
        "        failure: {steps: [{script: run failure}]}\n"
    )


def ran(served):
    """Which script ran where."""
    names = ("ENVIRONMENT_RESOURCENAME", "AGENT_NAME", "AGENT_MACHINENAME", "ENVIRONMENT_RESOURCEID")
    return [tuple(work.environment.get(name, "") for name in names) for work in served.engine.started]


def test_a_machine_is_registered_listed_tagged_and_removed(served):
    with served.client() as client:
        pool = client.get(f"{MACHINES}/pool").json()
        assert (pool["poolType"], pool["size"]) == ("deployment", 0)
        made = register(client, "web-1", "web", "Blue", systemCapabilities={"Agent.ComputerName": "box"})
        assert (made["name"], made["tags"], made["agent"]["status"]) == ("web-1", ["web", "Blue"], "online")
        assert made["agent"]["systemCapabilities"]["Agent.ComputerName"] == "box"
        other = register(client, "store-1", "store")
        twice = client.post(MACHINES, json={"virtualMachineResource": {"name": "WEB-1"}})
        assert (twice.status_code, twice.json()["typeKey"]) == (409, "TaskAgentExistsException")
        agents = client.get(f"_apis/distributedtask/pools/{pool['id']}/agents").json()["value"]
        assert [agent["name"] for agent in agents] == ["web-1", "store-1"]
        assert client.delete(f"_apis/distributedtask/pools/{pool['id']}").status_code == 400

        def names(**query):
            return [one["name"] for one in client.get(MACHINES, params=query).json()["value"]]

        assert names() == ["web-1", "store-1"]
        assert (names(tags="WEB,blue"), names(tags="web,store"), names(name="Store-1")) == (
            ["web-1"],
            [],
            ["store-1"],
        )
        assert names(**{"$top": 1}) == ["web-1"]
        changed = client.patch(MACHINES, json={"id": made["id"], "tags": ["web", "Web", "green"]}).json()
        assert changed["tags"] == ["web", "green"]
        replaced = client.put(MACHINES, json={"id": made["id"], "agent": {"version": "4.1.0"}}).json()
        assert (replaced["agent"]["version"], replaced["tags"]) == ("4.1.0", ["web", "green"])
        shown = client.get("ml/_apis/pipelines/environments/1", params={"expands": "resourceReferences"})
        assert [(one["type"], one["name"]) for one in shown.json()["resources"]] == [
            ("virtualMachine", "web-1"),
            ("virtualMachine", "store-1"),
        ]
        assert client.delete(f"{MACHINES}/{other['id']}").status_code == 204
        assert client.patch(MACHINES, json={"id": other["id"]}).status_code == 404
        assert names() == ["web-1"]
        assert client.delete("ml/_apis/pipelines/environments/1").status_code == 204
        assert client.get(f"_apis/distributedtask/pools/{pool['id']}").status_code == 404


def test_a_machine_registers_itself_by_the_token_of_its_environment(served):
    with served.client() as client:
        token = client.post("ml/_apis/pipelines/environments/environmentaccesstoken/1").json()
    with served.client() as machine:
        machine.auth = httpx.BasicAuth("", token)
        assert register(machine, "own")["name"] == "own"
        assert machine.get("ml/_apis/distributedtask/variablegroups").status_code == 401
    with served.client("ada") as contributor:
        refused = contributor.post(MACHINES, json={"virtualMachineResource": {"name": "x"}})
        assert refused.status_code == 401  # the scope; who has it needs to manage the environment besides
    (told,) = [fact for fact in served.facts("AcceptedNotSimulated") if "virtual machine own" in fact.subject]
    assert "operating system" in told.detail["instead"]


def test_rolling_goes_over_the_machines_batch_by_batch_with_all_hooks_on_each(queued, served, machines):
    build = queued(rolling(served, "      maxParallel: 2\n"))
    assert build["result"] == "succeeded"
    found = ran(served)
    first, second = found[:10], found[10:]
    assert {name for name, *_ in first} == {"vm1", "vm2"}
    assert [name for name, *_ in second] == ["vm3"] * 5
    for name, agent, computer, number in found:
        assert (agent, computer, number) == (name, name, str(machines[name]["id"]))
    jobs = [name for name, _, _ in records(served, build, "Job")]
    assert [job for job in jobs if job.endswith("vm3")] == [
        "D deploy vm3",
        "D postRouteTraffic vm3",
        "D preDeploy vm3",
        "D routeTraffic vm3",
        "D success vm3",
    ]


def test_a_batch_that_fails_runs_its_failure_hook_and_is_the_last(queued, served, machines):
    engine = prints()
    engine.script(
        "agent",
        Script(code=1),
        when=lambda work: (
            "run deploy" in script_of(work) and work.environment["ENVIRONMENT_RESOURCENAME"] == "vm2"
        ),
    )
    build = queued(rolling(served, "      maxParallel: 67%\n", hooks=("deploy",)), engine)
    assert build["result"] == "failed"
    assert [name for name, _, result in records(served, build, "Job") if result == "succeeded"] == [
        "D deploy vm1",
        "D failure vm2",
        "D success vm1",
    ]
    assert "vm3" not in {name for name, *_ in ran(served)}
    with served.client() as client:
        url = "ml/_apis/pipelines/environments/1/environmentdeploymentrecords"
        told = {one["resourceId"]: one["result"] for one in client.get(url).json()["value"]}
    assert told == {machines["vm1"]["id"]: "succeeded", machines["vm2"]["id"]: "failed"}


def test_one_machine_is_named_and_run_once_goes_to_it(queued, served, machines):
    yaml = rolling(served, hooks=("deploy",), environment="NAME.vm4").replace("rolling", "runOnce")
    yaml = yaml.replace("{script: run deploy}", "{script: run deploy, name: s}")
    yaml += (
        "- job: After\n  dependsOn: D\n  variables:\n"
        "    found: $[ dependencies.D.outputs['Deploy_vm4.s.colour'] ]\n"
        "  steps: [{checkout: none}, {script: look}]\n"
    )
    engine = prints(deploy="##vso[task.setvariable variable=colour;isOutput=true]blue")
    assert queued(yaml, engine)["result"] == "succeeded"
    assert [name for name, *_ in ran(served)] == ["vm4", "vm4", ""]
    assert served.engine.started[-1].environment["FOUND"] == "blue"


def test_a_machine_takes_one_job_at_a_time_and_another_does_not_wait_for_it(queued, served, machines):
    with served.client() as client:
        name = client.get("ml/_apis/pipelines/environments/1").json()["name"]
    jobs = "".join(
        f"- deployment: {job}\n  environment: {name}.{machine}\n"
        "  strategy: {runOnce: {deploy: {steps: [{download: none}, {script: wait}]}}}\n"
        for job, machine in (("One", "vm1"), ("Two", "vm1"), ("Three", "vm2"))
    )
    build = queued(f"trigger: none\njobs:\n{jobs}", holding("wait"), rest=False)
    first = served.run(started(served, "wait"))
    served.run(started(served, "wait", but=first))
    assert sorted(name for name, *_ in ran(served)) == ["vm1", "vm2"]
    states = {name: state for name, state, _ in records(served, build, "Job")}
    assert sorted(states.values()) == ["inProgress", "inProgress", "pending"]
    with served.client("ada") as client:
        client.patch(f"ml/_apis/build/builds/{build['id']}", json={"status": "cancelling"})
    served.rest()
    assert len(served.engine.started) == 2


def test_what_no_machine_matches_is_refused_in_the_services_words(queued, served, git, machines):
    def refused(yaml):
        build = queued(yaml)
        assert build["result"] == "failed"
        with served.client() as client:
            timeline = client.get(f"ml/_apis/build/builds/{build['id']}/timeline").json()["records"]
        return [issue["message"] for row in timeline for issue in row["issues"]]

    none = rolling(served, environment="{name: NAME, resourceType: VirtualMachine, tags: 'web,store'}")
    (said,) = refused(none)
    assert said == (
        "No resource were found in the environment with ID 1 matching the specified criteria: ResourceId ,"
        " ResourceName , ResourceType VirtualMachine, Tags web,store."
    )
    (wrong,) = refused(rolling(served, "      maxParallel: some\n"))
    assert "'some' of maxParallel" in wrong
    with served.client() as client:
        agent = machines["vm4"]["agent"]["id"]
        pool = client.get(f"{MACHINES}/pool").json()["id"]
        client.patch(f"_apis/distributedtask/pools/{pool}/agents/{agent}", json={"enabled": False})
        assert "vm4 has no agent that is enabled" in refused(rolling(served, environment="NAME.vm4"))[0]
        git.commit({"azure-pipelines.yml": rolling(served, environment="NAME.vm9")})
        git("push", "-q", "origin", "main")
        answer = client.post("ml/_apis/pipelines/1/runs", json={})
        name = client.get("ml/_apis/pipelines/environments/1").json()["name"]
    assert answer.status_code == 400
    assert f"Job D: Resource vm9 does not exist in environment {name}." in answer.json()["message"]
    assert served.engine.started == []


def test_the_size_of_a_batch_is_a_number_or_a_share():
    assert [batch_size(text, 10) for text in ("", "3", "50%", "1%", "x", "0", "-1")] == [10, 3, 5, 1, 0, 0, 0]
