"""Resources over the wire: completed pipelines, pushes to other repositories, and what a request overrides."""

from __future__ import annotations

import pytest

from simulator.azure_devops.language.plan import Filter, PipelineTrigger
from simulator.azure_devops.pipelines.starting.completion import fires
from tests.azure_devops.conftest import Git
from tests.azure_devops.scripted import SIMPLE, log_text, prints

UPSTREAM = """
trigger: [main]
stages:
  - stage: Build
    jobs:
      - job: J
        steps:
          - checkout: none
          - script: write it
          - publish: $(Build.ArtifactStagingDirectory)
            artifact: model
  - stage: Test
    jobs: [{job: J, steps: [{checkout: none}, {script: echo test}]}]
"""
DOWNSTREAM = """
trigger: none
resources:
  pipelines:
    - pipeline: up
      source: model-build
      trigger: TRIGGER
steps:
  - checkout: none
  - download: up
    artifact: model
  - script: echo $(resources.pipeline.up.runID) $(resources.pipeline.up.pipelineName)
"""


@pytest.fixture
def deploy(served, tmp_path):
    """A working copy of model_deploy, whose pipeline is number 2."""
    copy = Git(served, tmp_path / "deploy")
    copy.directory.mkdir()
    copy("init", "-q", "-b", "main")
    copy("remote", "add", "origin", copy.url("model_deploy"))
    return copy


def push(copy, yaml, *more):
    copy.commit({"azure-pipelines.yml": yaml})
    copy("push", "-q", "origin", "main", *more)


def runs(served, number):
    with served.client() as client:
        return client.get("ml/_apis/build/builds", params={"definitions": number}).json()["value"]


def test_a_completed_run_starts_the_pipeline_that_names_it_and_gives_it_its_artifacts(git, deploy, served):
    served.engine._scripts[:] = prints()._scripts
    push(deploy, DOWNSTREAM.replace("TRIGGER", "true"))
    push(git, UPSTREAM)
    served.rest()
    (source,), (build,) = runs(served, 1), runs(served, 2)
    assert (source["result"], build["result"], build["reason"]) == (
        "succeeded",
        "succeeded",
        "resourceTrigger",
    )
    assert build["triggerInfo"]["alias"] == "up"
    last = served.engine.started[-1].environment
    assert last["RESOURCES_PIPELINE_UP_RUNID"] == str(source["id"])
    assert last["BUILD_TRIGGEREDBY_BUILDID"] == str(source["id"])
    assert (last["RESOURCES_TRIGGERINGALIAS"], last["RESOURCES_TRIGGERINGCATEGORY"]) == ("up", "pipeline")
    assert "Downloading artifact model" in log_text(served, build)
    queued = served.facts("RunQueued")[-1]
    kinds = {fact.sequence: fact.kind for fact in served.facts()}
    assert kinds[queued.cause] == "RunCompleted"


def test_stages_fire_before_the_run_ends_and_a_failed_run_fires_nothing(git, deploy, served):
    served.engine._scripts[:] = prints()._scripts
    push(deploy, DOWNSTREAM.replace("TRIGGER", "{stages: [Build]}"))
    push(git, UPSTREAM.replace("echo test", "exit 3"))
    served.rest()
    assert ([run["result"] for run in runs(served, 1)], len(runs(served, 2))) == (["failed"], 1)
    push(deploy, DOWNSTREAM.replace("TRIGGER", "true"))
    push(git, UPSTREAM.replace("echo test", "exit 3") + "# again\n")
    served.rest()
    assert len(runs(served, 2)) == 1


def test_a_request_picks_the_version_and_what_is_not_there_is_refused_in_the_services_words(
    git, deploy, served
):
    served.engine._scripts[:] = prints()._scripts
    push(deploy, DOWNSTREAM.replace("TRIGGER", "none"))
    with served.client("ada") as client:
        none = client.post("ml/_apis/pipelines/2/runs", json={})
        push(git, UPSTREAM)
        served.rest()
        push(git, UPSTREAM + "# again\n")
        served.rest()
        newest, oldest = runs(served, 1)
        wanted = {"resources": {"pipelines": {"up": {"version": oldest["buildNumber"]}}}}
        client.post("ml/_apis/pipelines/2/runs", json=wanted)
        client.post("ml/_apis/pipelines/2/runs", json={})
        served.rest()
    assert none.json()["message"].startswith("Unable to resolve latest version for pipeline up")
    used = [work.environment.get("RESOURCES_PIPELINE_UP_RUNID") for work in served.engine.started]
    assert [one for one in used if one] == [str(oldest["id"]), str(newest["id"])]


def test_a_push_to_a_repository_resource_starts_the_pipeline_with_that_commit(git, deploy, served):
    served.engine._scripts[:] = prints()._scripts
    head = (
        "resources:\n  repositories:\n"
        "    - {repository: lib, type: git, name: model_deploy, trigger: {branches: {include: [main]}}}\n"
    )
    push(git, head + SIMPLE)
    commit = deploy.commit({"readme.md": "1"})
    deploy("push", "-q", "origin", "main")
    deploy("push", "-q", "origin", "main:other")
    served.rest()
    (build,) = runs(served, 1)
    environment = served.engine.started[-1].environment
    assert build["reason"] == "individualCI"
    assert (environment["BUILD_REPOSITORY_NAME"], environment["BUILD_SOURCEVERSION"]) == (
        "model_deploy",
        commit,
    )
    assert environment["RESOURCES_TRIGGERINGALIAS"] == "lib"


def test_a_request_picks_the_ref_of_a_repository_resource(git, deploy, served):
    served.engine._scripts[:] = prints()._scripts
    template = "steps:\n- script: echo from SIDE\n"
    deploy.commit({"t.yml": template.replace("SIDE", "main")})
    deploy("push", "-q", "origin", "main")
    deploy.commit({"t.yml": template.replace("SIDE", "side")})
    deploy("push", "-q", "origin", "main:side")
    push(
        git,
        "trigger: none\nresources: {repositories: [{repository: lib, type: git, name: model_deploy}]}\n"
        "steps: [{template: t.yml@lib}]\n",
    )
    body = {"previewRun": True, "resources": {"repositories": {"lib": {"refName": "refs/heads/side"}}}}
    with served.client("ada") as client:
        shown = [
            client.post("ml/_apis/pipelines/1/preview", json=one).json()["finalYaml"] for one in ({}, body)
        ]
    assert ["from main" in shown[0], "from side" in shown[1]] == [True, True]


RUN = {"state": "completed", "result": "succeeded", "sourceBranch": "refs/heads/main", "tags": ["a", "b"]}


@pytest.mark.parametrize(
    "trigger, good, expected",
    [
        (PipelineTrigger(), [], True),
        (PipelineTrigger(branches=Filter(include=("release/*",))), [], False),
        (PipelineTrigger(branches=Filter(include=("*",), exclude=("main",))), [], False),
        (PipelineTrigger(tags=("a",)), [], True),
        (PipelineTrigger(tags=("a", "c")), [], False),
        (PipelineTrigger(stages=("One", "Two")), ["one"], False),
        (PipelineTrigger(stages=("One", "Two")), ["one", "two"], True),
    ],
)
def test_all_filters_of_a_completion_trigger_must_hold(trigger, good, expected):
    assert fires(trigger, RUN, good) is expected
