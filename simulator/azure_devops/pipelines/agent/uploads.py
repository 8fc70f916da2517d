"""Files that logging commands upload: artifacts, attachments, logs and summaries of a run."""

from __future__ import annotations

from collections.abc import Callable

from simulator.azure_devops.pipelines.agent.command_effects import CommandFailed, Upload
from simulator.azure_devops.pipelines.agent.job_room import JobRoom
from simulator.azure_devops.pipelines.artifacts import Artifacts, copy_files


def keep(job: JobRoom, wanted: Upload, say: Callable[[str], None]) -> None:
    """Copy the file (or directory) that a step names. Raises CommandFailed when it is not there, OutsideOfJob."""
    source = job.files.outside(wanted.path)
    if not source.exists():
        raise CommandFailed(f"Cannot upload '{wanted.path}': it does not exist.")
    artifacts = Artifacts(job.kernel, job.context.run)
    if wanted.what != "artifact":
        target = (
            job.kernel.store.directory / "azure_devops" / "attachments" / str(job.context.run) / wanted.what
        )
        copy_files(source, target, job.files.root)
        say(f"Uploaded {wanted.what} {source.name}")
        return
    known = artifacts.find(wanted.name)
    number = known["id"] if known else job.context.room.organization.next_number("artifact")
    count = artifacts.copy_in(number, source, job.files.root)
    artifacts.add(wanted.name, number, "Container", job.setup.record)
    say(
        f"Uploaded {count} files to artifact {wanted.name}"
        if count
        else f"Directory '{wanted.path}' is empty."
    )
