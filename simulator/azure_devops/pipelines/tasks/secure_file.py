"""DownloadSecureFile@1: a secure file is among the job's temporary files before its first step, and gone with them.

Source: DownloadSecureFileV1 of microsoft/azure-pipelines-tasks (a part before the job, its output variable).
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from simulator.azure_devops.pipelines.agent import predefined
from simulator.azure_devops.pipelines.agent.job_files import OutsideOfJob
from simulator.azure_devops.pipelines.secure_files import SecureFiles
from simulator.azure_devops.pipelines.tasks.call import TaskCall, TaskEffect, TaskFailed
from simulator.azure_devops.task_definitions.definition import BEFORE


async def download(call: TaskCall) -> None:
    """Write the file for the job's user alone, and say where it is. The text where there is none is ours."""
    files = SecureFiles(call.job.context.room.organization)
    row = files.find(call.job.context.project["id"], call.input("secureFile"))
    if row is None:
        raise TaskFailed(f"Secure file {call.input('secureFile')} was not found.")
    inside = f"{predefined.TEMPORARY}/{Path(str(row['name'])).name}"
    try:
        place = call.job.files.outside(inside)
    except OutsideOfJob as outside:
        raise TaskFailed(str(outside)) from outside
    call.attempt.say(f"Downloading secure file contents to: {inside}")
    await asyncio.to_thread(_write, files.path(row), place)
    call.attempt.line(f"##vso[task.setvariable variable=secureFilePath]{inside}")


def _write(source: Path, place: Path) -> None:
    place.unlink(missing_ok=True)
    place.touch(mode=0o600)
    place.write_bytes(source.read_bytes())


PARTS: dict[tuple[str, int, str], TaskEffect] = {("DownloadSecureFile", 1, BEFORE): download}
