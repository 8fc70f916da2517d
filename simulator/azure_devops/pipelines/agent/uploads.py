"""Files that logging commands upload: artifacts, attachments, logs and summaries of a run.

Source: the agent's `ArtifactCommandExtension`, `TaskAddAttachmentCommand`, `BuildCommandExtension`.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.azure_devops.organization import Row, number_key
from simulator.azure_devops.pipelines.agent.command_effects import AssociateArtifact, CommandFailed, Upload
from simulator.azure_devops.pipelines.agent.container_artifacts import (
    Publishing,
    associated,
    prepared,
    stored,
)
from simulator.azure_devops.pipelines.artifacts import Artifacts
from simulator.kernel.store import Store

if TYPE_CHECKING:
    from simulator.azure_devops.pipelines.agent.attempt import Attempt

ATTACHMENT = "azure_devops.attachment"
_LARGEST_BYTES = 75 * 1024 * 1024
_MISSING = {
    "log": "Log file path is not provided or file doesn't exist: '{path}'",
    "attachment": (
        "Value cannot be null. (Parameter 'Cannot upload task attachment file, attachment file location is not"
        " specified or attachment file does not exist on disk.')"
    ),
}


def keep(attempt: Attempt, wanted: Upload) -> None:
    """Copy the file (or directory) that a step names. Raises CommandFailed when it is not there, OutsideOfJob."""
    if wanted.what == "artifact":
        _artifact(attempt, wanted)
        return
    source = attempt.job.files.outside(wanted.path)
    if not source.is_file():
        raise CommandFailed(_MISSING.get(wanted.what, _MISSING["attachment"]).format(path=wanted.path))
    if source.stat().st_size > _LARGEST_BYTES:
        attempt.warning(f"Skipping attachment as it exceeded the maximum allowed size 75MB: {wanted.path}")
        return
    job = attempt.job
    row = {
        "run": job.context.run,
        "record": attempt.record,
        "type": wanted.type,
        "name": wanted.name,
        "created": job.kernel.clock.now(),
    }
    place = attachment_path(job.kernel.store, row)
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, place)
    job.kernel.store.put(ATTACHMENT, _key(row), row)


def write(store: Store, row: Row, content: bytes) -> None:
    """Write the file of an attachment that comes by REST (blocks)."""
    place = attachment_path(store, row)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)


def add(store: Store, row: Row) -> None:
    """The row of an attachment whose file is there; the same type and name of a record again replaces it."""
    store.put(ATTACHMENT, _key(row), row)


def attachments_of(store: Store, run: int) -> list[Row]:
    """What the steps of a run have attached: run, record, type, name, created."""
    return [row for _, row in store.scan(ATTACHMENT, f"{number_key(run)}/")]


def attachment_path(store: Store, row: Row) -> Path:
    """The file of an attachment."""
    top: Path = store.directory / "azure_devops" / "attachments" / str(row["run"])
    return top.joinpath(row["record"], row["type"], row["name"])


def associate(attempt: Attempt, wanted: AssociateArtifact) -> None:
    """An artifact that is only a place elsewhere."""
    job = attempt.job
    number = job.context.room.organization.next_number("artifact")
    Artifacts(job.kernel, job.context.run).add(
        wanted.name, number, wanted.kind, job.setup.record, wanted.data, wanted.properties
    )
    attempt.later("Associate Artifact", f"Associated artifact {number} with build {job.context.run}")


def _artifact(attempt: Attempt, wanted: Upload) -> None:
    publishing = Publishing(wanted.name, wanted.path, wanted.container, wanted.properties)
    if source := prepared(attempt, publishing):
        associated(attempt, publishing, stored(attempt.job, publishing, source))


def _key(row: Row) -> str:
    return f"{number_key(row['run'])}/{row['record']}/{row['type']}/{row['name']}"
