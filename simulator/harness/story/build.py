"""Source to registered model: a push, a pull request, the Model Build run and what it registered."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from simulator.harness.eventually import eventually
from simulator.harness.world import World

PIPELINE = "model-build"
GROUP = "abalone"


class RunFailed(AssertionError):
    """A pipeline run did not succeed; the message holds what its failed tasks said."""


def publish(world: World, person: str, repository: str, source: Path, message: str) -> str:
    """The first commit of a repository, straight to main; gives the commit id."""
    git = world.git(person, repository)
    git.start(world.remote(repository))
    git.copy(source)
    commit = git.commit(message)
    git.push("main")
    return commit


def begin(world: World, person: str, repository: str, source: Path) -> None:
    """A repository with a README on main, and the files of `source` in the person's working copy, uncommitted."""
    git = world.git(person, repository)
    git.start(world.remote(repository))
    (git.directory / "README.md").write_text(f"# {repository}\n")
    git.commit("An empty repository")
    git.push("main")
    git.copy(source)


def propose(world: World, person: str, repository: str, branch: str, title: str) -> int:
    """Push HEAD to a branch and open a pull request to main; gives its number."""
    world.git(person, repository).push(branch)
    body = {"sourceRefName": f"refs/heads/{branch}", "targetRefName": "refs/heads/main", "title": title}
    made = world.azure_devops(person).request(
        "POST", f"git/repositories/{repository}/pullrequests", json=body
    )
    return int(made["pullRequestId"])


def merge(world: World, person: str, repository: str, number: int) -> str:
    """Complete a pull request; gives the merge commit."""
    azure = world.azure_devops(person)
    path = f"git/repositories/{repository}/pullrequests/{number}"
    request = azure.request("GET", path)
    body = {"status": "completed", "lastMergeSourceCommit": request["lastMergeSourceCommit"]}
    azure.request("PATCH", path, json=body)

    def merged() -> str | None:
        found = azure.request("GET", path)
        return found["lastMergeCommit"]["commitId"] if found["status"] == "completed" else None

    return eventually(merged, f"the merge of pull request {number}", timeout_seconds=30, pause=world.pause)


def change(
    world: World, person: str, repository: str, edits: dict[str, tuple[str, str]], message: str
) -> str:
    """Edit files of a working copy (path -> pattern, replacement) and commit; an absent pattern is an error."""
    git = world.git(person, repository)
    for path, (pattern, replacement) in edits.items():
        file = git.directory / path
        text, count = re.subn(pattern, replacement, file.read_text())
        if not count:
            raise AssertionError(f"{path} holds nothing like {pattern!r}")
        file.write_text(text)
    return git.commit(message)


def run_of(world: World, pipeline: str, after: int = 0, timeout_seconds: float = 60) -> int:
    """The id of the newest run of a pipeline with an id greater than `after`."""
    azure = world.azure_devops("grace")

    def newest() -> int | None:
        runs = [run for run in azure.runs(pipeline) if int(run["id"]) > after]
        return int(runs[0]["id"]) if runs else None

    return eventually(newest, f"a run of {pipeline}", timeout_seconds=timeout_seconds, pause=world.pause)


def finished(world: World, run_id: int, timeout_seconds: float = 300) -> str:
    """The result of a run once it has ended."""
    azure = world.azure_devops("grace")

    def result() -> str | None:
        found = azure.request("GET", f"build/builds/{run_id}")
        return found["result"] if found["status"] == "completed" else None

    return eventually(result, f"the end of run {run_id}", timeout_seconds=timeout_seconds, pause=world.pause)


def succeed(world: World, run_id: int, timeout_seconds: float = 300) -> None:
    """Wait for the run's success; raises RunFailed with what its failed tasks said."""
    result = finished(world, run_id, timeout_seconds)
    if result != "succeeded":
        raise RunFailed(f"run {run_id} {result}\n{world.azure_devops('grace').log_text(run_id)}")


def packages(world: World) -> list[dict[str, Any]]:
    """The registered versions, the newest first."""
    sagemaker = world.aws(account="automation").client("sagemaker")
    found = sagemaker.list_model_packages(
        ModelPackageGroupName=GROUP, SortBy="CreationTime", SortOrder="Descending"
    )
    summaries: list[dict[str, Any]] = found["ModelPackageSummaryList"]
    return sorted(summaries, key=lambda package: -int(package["ModelPackageVersion"]))


def executions(world: World) -> list[dict[str, Any]]:
    """The executions of the SageMaker pipeline, the newest first; none when there is no pipeline yet."""
    sagemaker = world.aws(account="automation").client("sagemaker")
    found = sagemaker.list_pipeline_executions(
        PipelineName=GROUP, SortBy="CreationTime", SortOrder="Descending"
    )
    summaries: list[dict[str, Any]] = found["PipelineExecutionSummaries"]
    return summaries
