"""Which run a task downloads artifacts of: this one, or a run of the pipeline that it names.

Source: Learn "DownloadPipelineArtifact@2", "DownloadBuildArtifacts@1"; the agent's `DownloadPipelineArtifactV2_0_0`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from simulator.azure_devops.organization import DEFINITION, Row
from simulator.azure_devops.pipelines.tasks.call import TaskCall, TaskFailed
from simulator.kernel.errors import CallerError


@dataclass(frozen=True)
class Wanted:
    """A run by its number, else the newest completed one of a branch ("" any) with all tags and one of the results."""

    number: int = 0
    branch: str = ""
    tags: frozenset[str] = frozenset()
    results: frozenset[str] = frozenset({"succeeded"})


def run_of(call: TaskCall) -> int:
    """The number of the run. Raises TaskFailed where the project, the pipeline or such a run is not there."""
    if _first(call, "source", "buildType").lower() != "specific":
        return call.job.context.run
    organization = call.job.context.room.organization
    named, pipeline = call.input("project"), _first(call, "pipeline", "definition")
    try:
        project = organization.project(named)
    except CallerError as missing:
        raise TaskFailed(str(missing)) from missing
    definition = organization.named(DEFINITION, project["id"], pipeline)
    if definition is None:
        raise TaskFailed(f"The pipeline {pipeline} was not found in project {project['name']}.")
    started = _triggering(call, int(definition["id"]))
    if started:
        return started
    wanted = wanted_of(call)
    found = choose(call.job.context.room.runs.of(project["id"], definition["id"]), wanted)
    if found is None and wanted.number:
        raise TaskFailed(f"Build {wanted.number} is not a run of pipeline {definition['name']}.")
    if found is None:
        raise TaskFailed("No builds currently exist in the pipeline definition supplied.")
    call.attempt.say(f"Downloading from run {found['id']} ({found['name']}) of pipeline {definition['name']}")
    call.attempt.line(f"##vso[task.setvariable variable=BuildNumber]{found['name']}")
    return int(found["id"])


def wanted_of(call: TaskCall) -> Wanted:
    """What the inputs ask for."""
    version = _first(call, "runVersion", "buildVersionToDownload").lower()
    if version == "specific":
        number = _first(call, "runId", "buildId")
        if not number.isdecimal():
            raise TaskFailed(f"Build id {number!r} is not a number.")
        return Wanted(int(number))
    results = {"succeeded"}
    results |= {"partiallySucceeded"} if call.flag("allowPartiallySucceededBuilds") else set()
    results |= {"failed"} if call.flag("allowFailedBuilds") else set()
    branch = _first(call, "runBranch", "branchName") if version == "latestfrombranch" else ""
    tags = frozenset(tag.strip() for tag in call.input("tags").split(",") if tag.strip())
    return Wanted(0, branch, tags, frozenset(results))


def choose(rows: Iterable[Row], wanted: Wanted) -> Row | None:
    """The first of the runs (the newest first) that is wanted; a deleted one is none. Pure."""
    there = [row for row in rows if not row.get("deleted")]
    if wanted.number:
        return next((row for row in there if row["id"] == wanted.number), None)
    branch = wanted.branch
    branch = branch if not branch or branch.startswith("refs/") else f"refs/heads/{branch}"
    fitting = (
        row
        for row in there
        if row["state"] == "completed"
        and row["result"] in wanted.results
        and branch in ("", row["sourceBranch"])
        and wanted.tags <= set(row["tags"])
    )
    return next(fitting, None)


def _triggering(call: TaskCall, definition: int) -> int:
    """The run that started this one, where it is wanted and one of that pipeline; 0 else."""
    if not (call.flag("preferTriggeringPipeline") or call.flag("specificBuildWithTriggering")):
        return 0
    organization = call.job.context.room.organization
    for number in call.job.context.row["pipelines"].values():
        row = organization.numbered("azure_devops.run", number)
        if call.job.context.row["reason"] == "ResourceTrigger" and row and row["definition"] == definition:
            return int(number)
    return 0


def _first(call: TaskCall, *names: str) -> str:
    """The input under the first of its names: versions of the tasks call it differently."""
    return next((text for name in names if (text := call.input(name).strip())), "")
