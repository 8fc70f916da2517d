"""Tasks about files that outlive a job: caches between runs, secure files for one job; and the node that is there."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tests.azure_devops.tasks.programs import TaskWorld

CACHED = """
  - task: Cache@2
    inputs:
      key: '"packages" | "$(Agent.OS)" | **/*.lock, !other.lock'
      restoreKeys: |
        "packages" | "$(Agent.OS)"
        "packages"
      path: $(Pipeline.Workspace)/kept
      cacheHitVar: HIT
  - bash: |
      echo "hit $(HIT), there: $(ls -x $PIPELINE_WORKSPACE/kept 2>/dev/null)"
      mkdir -p $PIPELINE_WORKSPACE/kept
      echo $(Build.BuildId) > $PIPELINE_WORKSPACE/kept/of-$(Build.BuildId)
      ln -sf of-$(Build.BuildId) $PIPELINE_WORKSPACE/kept/newest
"""


def on_branch(name: str) -> dict[str, object]:
    """The body of a run on a branch."""
    return {"resources": {"repositories": {"self": {"refName": name}}}}


def branch(world: TaskWorld, name: str) -> None:
    """A branch at the tip of main."""
    base = "git/repositories/model_build/refs"
    tip = world.azure.get(base, params={"filter": "heads/main"}).json()["value"][0]["objectId"]
    body = [{"name": name, "oldObjectId": "0" * 40, "newObjectId": tip}]
    assert world.azure.post(base, json=body).json()["value"][0]["success"]


def ended(world: TaskWorld, **body: object) -> tuple[str, str]:
    """Run the pipeline as it is."""
    answer = world.azure.post("pipelines/1/runs", json=body)
    return world.ended(answer.json()["id"])


def test_a_cache_comes_back_by_its_key_or_by_how_a_key_begins_and_belongs_to_its_branch(
    world: TaskWorld,
) -> None:
    files = {"deep/a.lock": "1", "other.lock": "x"}
    result, first = world.run(CACHED, files)
    assert result == "succeeded", first
    for line in ("There is a cache miss.", "hit false", '"packages" [string]', "matches: 1]", "Saved item."):
        assert line in first
    assert "s/deep/a.lock --> 6B86B273FF34FCE19D6B804EFF5A3F5747ADA4EAA22F1D49C01E52DDB7875B4B" in first
    assert first.index("hit false") < first.index("Starting: Post-job: Cache")

    _, again = ended(world)
    assert "hit true, there: newest" in again
    assert "already exists." in again

    world.push({"deep/a.lock": "2", "other.lock": "y"})
    _, changed = ended(world)
    assert "hit inexact, there: newest" in changed
    assert "Saved item." in changed

    branch(world, "refs/heads/topic")
    _, topic = ended(world, **on_branch("refs/heads/topic"))
    assert "hit true" in topic  # the default branch's

    failing = CACHED + "  - bash: exit 1\n"
    result, failed = world.run(failing, {"deep/a.lock": "3"})
    assert result == "failed"
    assert "Skipping because the job status was not 'Succeeded'." in failed
    _, still = ended(world)
    assert "hit inexact" in still


def test_a_cache_of_another_branch_is_not_seen_and_one_that_nobody_uses_is_gone_after_a_week(
    world: TaskWorld,
) -> None:
    steps = CACHED.replace("packages", "weekly").replace("**/*.lock, !other.lock", '"fixed"')
    world.run(steps.replace("Cache@2", "Cache@2\n    condition: false"))
    branch(world, "refs/heads/own")
    _, first = ended(world, **on_branch("refs/heads/own"))
    assert "Skipping because restore step did not run." in first
    world.run(steps)
    branch(world, "refs/heads/other")
    for name in ("own", "other"):
        _, log = ended(world, **on_branch(f"refs/heads/{name}"))
        assert ("hit true" in log) is (name == "other")
    world.simulator.advance(8 * 86400)
    _, late = ended(world, **on_branch("refs/heads/other"))
    assert "There is a cache miss." in late


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("gone.lock", "(File not found: gone.lock)"),
        ("**/*.gone", "(No matching files found for pattern: **/*.gone)"),
        ("'x'", "cannot start with a single-quote"),
    ],
)
def test_a_key_that_names_no_file_fails_the_task(world: TaskWorld, key: str, told: str) -> None:
    result, log = world.run(f'  - checkout: none\n  - {{task: Cache@2, inputs: {{key: "{key}", path: x}}}}\n')
    assert result == "failed"
    assert told in log


def test_a_secure_file_is_there_from_the_start_of_the_job_and_gone_after_it(world: TaskWorld) -> None:
    url = "distributedtask/securefiles"
    params = {"api-version": "7.1-preview.1", "name": "signing.key"}
    headers = {"content-type": "application/octet-stream"}
    made = world.azure.post(url, params=params, headers=headers, content=b"the key").json()
    world.permit("securefile", made["id"])
    result, log = world.run(
        """
  - checkout: none
  - bash: ls $AGENT_TEMPDIRECTORY/signing.key
  - task: DownloadSecureFile@1
    name: signing
    inputs: {secureFile: signing.key}
  - bash: |
      echo "holds $(cat $SIGNING_SECUREFILEPATH), $(stat -c %a $SIGNING_SECUREFILEPATH)"
      echo at $SIGNING_SECUREFILEPATH
"""
    )
    assert result == "succeeded", log
    assert log.index("Pre-job: Download secure file") < log.index("signing.key\n")
    assert "holds the key, 600" in log
    store = world.simulator.simulator.kernel.store.directory
    assert not list((store / "azure_devops" / "work").rglob("signing.key"))


def test_a_secure_file_that_is_not_there_stops_the_pipeline_before_it_runs(world: TaskWorld) -> None:
    world.push(
        {"azure-pipelines.yml": "steps: [{task: DownloadSecureFile@1, inputs: {secureFile: none.key}}]"}
    )
    answer = world.azure.post("pipelines/1/runs", json={})
    assert answer.status_code == 400
    assert "references secure file none.key which could not be found." in answer.json()["message"]


@pytest.mark.parametrize("task", ["NodeTool@0", "UseNode@1"])
def test_the_node_that_is_there_is_used_and_another_is_refused_by_name(world: TaskWorld, task: str) -> None:
    there = shutil.which("node")
    if there is None:
        world.tool("node", "echo v20.1.0")
    said = "v20.1.0" if there is None else subprocess.check_output([there, "--version"], text=True).strip()
    name = "version" if task == "UseNode@1" else "versionSpec"
    major = said.lstrip("v").partition(".")[0]
    result, log = world.run(
        f"  - checkout: none\n  - {{task: {task}, inputs: {{{name}: {major}.x}}}}\n  - bash: node --version\n"
    )
    assert result == "succeeded", log
    assert f"Found tool in cache: node {said.lstrip('v')} x64" in log
    result, log = world.run(f"  - checkout: none\n  - {{task: {task}, inputs: {{{name}: 4.x}}}}\n")
    assert result == "failed"
    assert "Unable to find Node version '4.x'" in log
