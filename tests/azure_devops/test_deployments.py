"""Deployment jobs over the wire: every hook of every strategy, what each sees, and how its outputs are named."""

from __future__ import annotations

from simulator.runtime.engine_scripted import Script
from tests.azure_devops.scripted import prints, records, script_of

HOOKS = ("preDeploy", "deploy", "routeTraffic", "postRouteTraffic")


def deployment(strategy, more="", hooks=HOOKS, last=""):
    steps = "".join(
        f"            {hook}: {{steps: [{{download: none}}, {{script: run {hook}, name: s}}]}}\n"
        for hook in hooks
    )
    return (
        "trigger: none\njobs:\n- deployment: D\n  environment: staging\n"
        f"  strategy:\n          {strategy}:\n{more}{steps}"
        "            on:\n              success: {steps: [{script: run success}]}\n"
        f"              failure: {{steps: [{{script: run failure}}]}}\n{last}"
    )


def seen(served, *names):
    return [tuple(work.environment.get(name, "") for name in names) for work in served.engine.started]


def test_run_once_goes_through_its_hooks_and_ends_with_success(queued, served):
    build = queued(deployment("runOnce"))
    assert build["result"] == "succeeded"
    assert seen(served, "STRATEGY_NAME", "STRATEGY_CYCLENAME") == [
        ("runOnce", "PreIteration"),
        ("runOnce", "Iteration"),
        ("runOnce", "Iteration"),
        ("runOnce", "Iteration"),
        ("runOnce", "PostIteration"),
    ]
    assert seen(served, "ENVIRONMENT_NAME")[0] == ("staging",)


def test_outputs_of_a_deployment_reach_other_stages_by_the_name_of_its_job(queued, served):
    outputs = "stageDependencies.First.D.outputs['D.s.colour']"
    after = (
        "- stage: Second\n  dependsOn: First\n"
        "  condition: eq(dependencies.First.outputs['D.D.s.colour'], 'blue')\n"
        f'  variables: {{found: "$[ {outputs} ]"}}\n'
        "  jobs: [{job: J, steps: [{checkout: none}, {script: look}]}]\n"
    )
    first = deployment("runOnce", hooks=("deploy",)).replace("trigger: none\njobs:", "jobs:")
    indented = "".join(f"  {line}\n" for line in first.splitlines())
    yaml = f"trigger: none\nstages:\n- stage: First\n{indented}{after}"
    engine = prints(deploy="##vso[task.setvariable variable=colour;isOutput=true]blue")
    assert queued(yaml, engine)["result"] == "succeeded"
    assert served.engine.started[-1].environment.get("FOUND") == "blue"


def test_a_hook_that_fails_ends_the_round_and_runs_the_failure_hook(queued, served):
    engine = prints()
    engine.script("agent", Script(code=1), when=lambda work: "run deploy" in script_of(work))
    build = queued(deployment("runOnce"), engine)
    assert build["result"] == "failed"
    cycles = [cycle for (cycle,) in seen(served, "STRATEGY_CYCLENAME")]
    assert cycles == ["PreIteration", "Iteration", "PostIteration"]
    assert [name for name, _, _ in records(served, build, "Job")] == ["D", "D on.failure", "D preDeploy"]


def test_a_canary_repeats_its_round_for_every_increment(queued, served):
    follow = (
        "- job: After\n  dependsOn: D\n  variables:\n"
        "    ten: $[ dependencies.D.outputs['deploy_10.s.colour'] ]\n"
        "    all: $[ dependencies.D.outputs['preDeploy.s.colour'] ]\n"
        "  steps: [{checkout: none}, {script: look}]\n"
    )
    build = queued(
        deployment("canary", "            increments: [10, 20]\n", last=follow),
        prints(run="##vso[task.setvariable variable=colour;isOutput=true]blue"),
    )
    assert build["result"] == "succeeded"
    found = seen(served, "STRATEGY_ACTION", "STRATEGY_INCREMENT", "STRATEGY_CYCLENAME")
    assert found[0] == ("deploy", "", "PreIteration")
    assert found[1:7] == [("deploy", "10", "Iteration")] * 3 + [("deploy", "20", "Iteration")] * 3
    assert found[7] == ("promote", "", "PostIteration")
    last = served.engine.started[-1].environment
    assert (last["TEN"], last["ALL"]) == ("blue", "blue")


def test_a_run_makes_the_environment_for_a_person_who_may_and_not_in_a_preview_nor_for_a_push(
    queued, served, git
):
    yaml = deployment("runOnce", hooks=("deploy",)).replace("environment: staging", "environment: fresh")
    with served.client("ada") as client:
        git.commit({"azure-pipelines.yml": yaml.replace("trigger: none", "trigger: [main]")})
        git("push", "-q", "origin", "main")
        served.rest()
        (pushed,) = client.get("ml/_apis/build/builds").json()["value"]
        assert (pushed["reason"], pushed["result"]) == ("individualCI", "failed")
        assert "Environment fresh could not be found" in pushed["validationResults"][0]["message"]
        shown = client.post("ml/_apis/pipelines/1/preview", json={"previewRun": True})
        assert (shown.status_code, "fresh could not be found" in shown.text) == (400, True)
        url, named = "ml/_apis/pipelines/environments", {"name": "fresh"}
        assert client.get(url, params=named).json()["count"] == 0
    assert queued(yaml)["result"] == "succeeded"
    with served.client("ada") as client:
        (made,) = client.get(url, params=named).json()["value"]
        assert made["createdBy"]["displayName"] == "Ada Lovelace"
        # Contributors administer it; that of somebody who made it by hand is theirs alone.
        entries = client.get(f"ml/_apis/pipelines/pipelinepermissions/environment/{made['id']}").json()
    assert [one["id"] for one in entries["pipelines"]] == [1]
    names = ("Contributors", "Project Administrators")
    with served.client() as client:
        scope = "distributedtask.environmentreferencerole"
        project = made["project"]["id"]
        roles = client.get(
            f"_apis/securityroles/scopes/{scope}/roleassignments/resources/{project}_{made['id']}"
        ).json()["value"]
    given = {one["identity"]["displayName"].rpartition("\\")[2]: one["role"]["name"] for one in roles}
    assert {name: given.get(name) for name in names} == dict.fromkeys(names, "Administrator")


def test_a_macro_in_the_name_of_an_environment_is_resolved_before_the_run_and_passes_no_gate(
    queued, served, git
):
    def asking(name):
        yaml = deployment("runOnce", hooks=("deploy",)).replace(
            "environment: staging", f"environment: {name}"
        )
        return yaml.replace("trigger: none", "trigger: none\nvariables: {kind: ging, whole: sta$(kind)}")

    build = queued(asking("$(whole)"))
    assert build["result"] == "succeeded"
    assert seen(served, "ENVIRONMENT_NAME")[0] == ("staging",)
    with served.client() as client:
        (row,) = client.get("ml/_apis/pipelines/environments", params={"name": "staging"}).json()["value"]
        used = client.get(f"ml/_apis/pipelines/environments/{row['id']}/environmentdeploymentrecords")
    assert [one["owner"]["id"] for one in used.json()["value"]] == [build["id"]]
    git.commit({"azure-pipelines.yml": asking("$(computed)")})
    git("push", "-q", "origin", "main")
    with served.client("ada") as client:
        refused = client.post("ml/_apis/pipelines/1/runs", json={})
    assert (refused.status_code, "Environment $(computed) could not be found" in refused.text) == (400, True)
