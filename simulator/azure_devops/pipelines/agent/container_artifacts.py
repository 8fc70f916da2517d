"""Files of a job go into its run's container and are an artifact of the Container form: `#/{container}/{folder}`.

Source: the agent's `ArtifactUploadCommand` and `FileContainerServer`. Several jobs may publish into one artifact: what
each brings is laid beside what is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.azure_devops.identities import build_service
from simulator.azure_devops.pipelines.agent.command_effects import CommandFailed
from simulator.azure_devops.pipelines.artifact_names import artifact_name_error
from simulator.azure_devops.pipelines.artifacts import Artifacts
from simulator.azure_devops.pipelines.file_containers import FileContainer, copy_in, normalized
from simulator.azure_devops.pipelines.file_trees import files_below
from simulator.kernel.errors import CallerError

if TYPE_CHECKING:
    from simulator.azure_devops.pipelines.agent.attempt import Attempt
    from simulator.azure_devops.pipelines.agent.job_room import JobRoom


@dataclass(frozen=True)
class Publishing:
    """What is to be an artifact: `path` as the step calls it, `folder` in the container, properties of the command."""

    name: str
    path: str
    folder: str
    properties: Mapping[str, str] = field(default_factory=dict)


def prepared(attempt: Attempt, wanted: Publishing) -> Path | None:
    """The files on the host; None, with a warning, for a folder without any. CommandFailed, OutsideOfJob."""
    job = attempt.job
    source = job.files.outside(wanted.path)
    if wrong := artifact_name_error(wanted.name):
        raise CommandFailed(wrong)
    if not source.exists():
        raise CommandFailed(f"Path does not exist: {wanted.path}")
    run, name = job.context.run, wanted.name
    known = Artifacts(job.kernel, run).find(name)
    if known is not None and (known["type"], known["data"]) != ("Container", _data(job, wanted)):
        raise CommandFailed(f"Artifact {name} already exists for build {run}.")
    if source.is_dir() and not any(files_below(source, job.files.root)):
        attempt.warning(
            f"Directory '{wanted.path}' is empty. Nothing will be added to build artifact '{name}'."
        )
        return None
    return source


def stored(job: JobRoom, wanted: Publishing, source: Path) -> list[tuple[str, int]]:
    """Copy the files into the container (blocks): their paths in the folder and their bytes."""
    container = FileContainer(job.kernel, job.context.run)
    try:
        return copy_in(container, source, job.files.root, _folder(wanted))
    except (FileExistsError, NotADirectoryError, IsADirectoryError) as other:
        raise CommandFailed(f"{wanted.folder}: an item of another type is there already ({other})") from other


def associated(attempt: Attempt, wanted: Publishing, files: list[tuple[str, int]]) -> None:
    """Write what is stored: the container's items and the artifact; told at the step's end."""
    job, run = attempt.job, attempt.job.context.run
    organization = job.context.room.organization
    service = build_service(organization.project(job.context.row["project"])["name"], organization.name)
    artifacts = Artifacts(job.kernel, run)
    known = artifacts.find(wanted.name)
    with job.kernel.store.transaction():
        FileContainer(job.kernel, run).record(_folder(wanted), files, service.id)
        number = known["id"] if known else organization.next_number("artifact")
        data, source = _data(job, wanted), job.setup.record
        artifacts.add(wanted.name, number, "Container", source, data, wanted.properties)
    attempt.later(
        "Upload Artifact",
        f"Uploading {len(files)} files",
        "File upload succeed.",
        f"Upload '{wanted.path}' to file container: '{data}'",
        f"Associated artifact {number} with build {run}",
    )


def _data(job: JobRoom, wanted: Publishing) -> str:
    return f"#/{job.context.run}/{_folder(wanted)}"


def _folder(wanted: Publishing) -> str:
    try:
        return normalized(wanted.folder)
    except CallerError as refused:
        raise CommandFailed(refused.message) from refused
