"""The tasks that publish and download artifacts, and the `download` keyword: files of runs."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

from simulator.azure_devops.organization import Row
from simulator.azure_devops.pipelines.agent import predefined
from simulator.azure_devops.pipelines.agent.command_effects import CommandFailed
from simulator.azure_devops.pipelines.agent.container_artifacts import (
    Publishing,
    associated,
    prepared,
    stored,
)
from simulator.azure_devops.pipelines.agent.job_files import OutsideOfJob
from simulator.azure_devops.pipelines.artifact_names import artifact_name_error, default_artifact_name
from simulator.azure_devops.pipelines.artifacts import Artifacts
from simulator.azure_devops.pipelines.file_trees import copy_files
from simulator.azure_devops.pipelines.tasks.call import TaskCall, TaskEffect, TaskFailed
from simulator.azure_devops.pipelines.tasks.other_runs import run_of
from simulator.kernel.errors import NotSimulated


async def publish(call: TaskCall) -> None:
    """Copy a file or a directory of the job into the artifact; the name is the job's where none is given."""
    if call.input("artifactType").lower() == "filepath":
        raise NotSimulated("a pipeline artifact on a file share", "Use artifactType pipeline.")
    name = call.input("artifactName") or default_artifact_name(call.value("System.JobIdentifier"))
    await _publish(call, name, call.input("path") or call.input("targetPath"))


async def publish_build_artifact(call: TaskCall) -> None:
    """PublishBuildArtifacts@1: the same into the build's container, under a name that must be given."""
    if call.input("ArtifactType").lower() != "container":
        raise NotSimulated("a build artifact on a file share", "Use publishLocation: Container.")
    if call.flag("StoreAsTar"):
        raise NotSimulated("PublishBuildArtifacts with StoreAsTar", "Archive the files with ArchiveFiles@2.")
    name, place = call.input("ArtifactName"), call.input("PathtoPublish")
    wanted = Publishing(name, place, name, {"localpath": place})
    try:
        if source := prepared(call.attempt, wanted):
            files = await asyncio.to_thread(stored, call.job, wanted, source)
            associated(call.attempt, wanted, files)
    except (CommandFailed, OutsideOfJob) as failed:
        raise TaskFailed(str(failed)) from failed


async def _publish(call: TaskCall, name: str, place: str) -> None:
    if wrong := artifact_name_error(name):
        raise TaskFailed(wrong)
    source = _inside(call, place)
    if not source.exists():
        raise TaskFailed(f"Path does not exist: {place}")
    job = call.job
    artifacts = Artifacts(job.kernel, job.context.run)
    known = artifacts.find(name)
    if known is not None and known["source"] != call.attempt.record:
        raise TaskFailed(f"Artifact {name} already exists for build {job.context.run}.")
    number = known["id"] if known else job.context.room.organization.next_number("artifact")
    count = await asyncio.to_thread(artifacts.copy_in, number, source, job.files.root)
    artifacts.add(name, number, "PipelineArtifact", call.attempt.record)
    call.attempt.say(f"Uploading pipeline artifact from {place} for build #{job.context.run}")
    call.attempt.say(f"{count} files processed. Associated artifact {number} with build {job.context.run}")


async def download(call: TaskCall) -> None:
    """An artifact's files directly into the path; without a name every artifact into a directory of its own."""
    await _download(
        call,
        call.input("artifact") or call.input("artifactName"),
        call.input("path") or call.input("downloadPath"),
        run_of(call),
    )


async def download_build_artifacts(call: TaskCall) -> None:
    """DownloadBuildArtifacts: one artifact, or what a pattern chooses of all, each below the path by its name.

    A pattern begins with the artifact's name. Source: Learn "DownloadBuildArtifacts@1".
    """
    if call.flag("extractTars"):
        raise NotSimulated("DownloadBuildArtifacts with extractTars", "Extract them with ExtractFiles@1.")
    run, place = run_of(call), call.input("downloadPath")
    single = call.input("downloadType").lower() == "single"
    artifacts = Artifacts(call.job.kernel, run)
    rows = [row for row in artifacts.listed() if not single or row["name"] == call.input("artifactName")]
    if single and not rows:
        raise TaskFailed(f"Artifact {call.input('artifactName')} was not found for build {run}.")
    target = _inside(call, place)
    if call.flag("cleanDestinationFolder") and target.is_dir():
        await asyncio.to_thread(_clean, target)
    chosen = matcher(call.input("itemPattern") or "**")
    for row in rows:
        await _copy(call, artifacts, row, target / row["name"], partial(_within, chosen, str(row["name"])))


def _within(chosen: Callable[[str], bool], artifact: str, path: str) -> bool:
    return chosen(f"{artifact}/{path}")


def _clean(folder: Path) -> None:
    for each in folder.iterdir():
        if each.is_dir() and not each.is_symlink():
            shutil.rmtree(each)
        else:
            each.unlink()


async def download_keyword(call: TaskCall) -> None:
    """`download: current`: each artifact into `$(Pipeline.Workspace)/<artifact>`; of a resource below its alias."""
    alias, name = call.input("alias"), call.input("artifact")
    run, top = call.job.context.run, predefined.WORKSPACE
    if alias.lower() != "current":
        resources = {one.lower(): (one, number) for one, number in call.job.context.row["pipelines"].items()}
        if alias.lower() not in resources:
            raise TaskFailed(f"The pipeline resource {alias} does not exist in the run.")
        alias, run = resources[alias.lower()]
        top = f"{top}/{alias}"
    place = call.input("path") or (f"{top}/{name}" if name else top)
    await _download(call, name, place, run)


async def _download(call: TaskCall, name: str, place: str, run: int = 0) -> None:
    job = call.job
    number = run or job.context.run
    artifacts = Artifacts(job.kernel, number)
    target = _inside(call, place or predefined.WORKSPACE)
    wanted = matcher(call.input("patterns") or call.input("itemPattern") or "**")
    if not name:
        for row in artifacts.listed():
            await _copy(call, artifacts, row, target / row["name"], wanted)
        return
    found = artifacts.find(name)
    if found is None:
        raise TaskFailed(f"Artifact {name} was not found for build {number}.")
    await _copy(call, artifacts, found, target, wanted)


async def _copy(
    call: TaskCall, artifacts: Artifacts, row: Row, target: Path, wanted: Callable[[str], bool]
) -> None:
    place = artifacts.path(row)
    # What is written may not leave the job's files through a link that a step has left there.
    _inside(call, call.job.files.seen_as(target))
    count = await asyncio.to_thread(copy_files, place, target, place, wanted)
    call.attempt.say(f"Downloading artifact {row['name']}: {count} files")


def _inside(call: TaskCall, path: str) -> Path:
    try:
        return call.job.files.outside(path)
    except OutsideOfJob as outside:
        raise TaskFailed(str(outside)) from outside


def matcher(patterns: str) -> Callable[[str], bool]:
    """Whether a path is wanted: patterns by line, in order; `!` excludes again what was included."""
    rules = [
        (not line.startswith("!"), _pattern(line.lstrip("!")))
        for line in patterns.split("\n")
        if line.strip()
    ]

    def wanted(path: str) -> bool:
        chosen = False
        for includes, pattern in rules:
            if pattern.fullmatch(path):
                chosen = includes
        return chosen

    return wanted


def _pattern(text: str) -> re.Pattern[str]:
    pieces = re.split(r"(\*\*/|\*\*|\*|\?)", text.strip().lstrip("/"))
    known = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(known.get(piece, re.escape(piece)) for piece in pieces))


EFFECTS: dict[tuple[str, int], TaskEffect] = {
    ("PublishPipelineArtifact", 0): publish,
    ("PublishPipelineArtifact", 1): publish,
    ("PublishBuildArtifacts", 1): publish_build_artifact,
    ("DownloadPipelineArtifact", 1): download,
    ("DownloadPipelineArtifact", 2): download,
    ("Download", 1): download_keyword,
    ("DownloadBuildArtifacts", 0): download_build_artifacts,
    ("DownloadBuildArtifacts", 1): download_build_artifacts,
}
