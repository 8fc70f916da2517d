"""`getPackage`: the files of a package resource, in the version that the run has, into a directory of the job.

Source: Learn "steps.getPackage", which stands for DownloadPackage@1, and that task's source for what it extracts.
Only the package itself comes: what it depends on is npm's and NuGet's own work.
"""

from __future__ import annotations

import asyncio
import io
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath

from simulator.azure_devops.language.plan import PackageResource
from simulator.azure_devops.pipelines import package_registries
from simulator.azure_devops.pipelines.agent.job_files import JobFiles, OutsideOfJob
from simulator.azure_devops.pipelines.package_registries import PackageUnavailable
from simulator.azure_devops.pipelines.starting.package_resources import CONNECTION, connection_of
from simulator.azure_devops.pipelines.tasks.call import TaskCall, TaskEffect, TaskFailed


async def get_package(call: TaskCall) -> None:
    """Download the archive and extract it; what lies there already is replaced file by file."""
    context, package = call.job.context, _package(call)
    row = connection_of(context.room.organization, context.project["id"], package)
    if row is None:
        raise TaskFailed(f"There is no service connection {package.connection} of the type {CONNECTION}.")
    registry = package_registries.of_connection(call.job.kernel.outbound, row)
    call.job.mask(registry.token)
    version = str(context.row["packages"][package.alias])
    call.attempt.say(f"Downloading {package.type} package {package.name} version {version}")
    try:
        name, content = await package_registries.archive(registry, package, version)
        count = await asyncio.to_thread(_extract, call.job.files, call.input("path"), name, content)
    except (PackageUnavailable, OutsideOfJob, tarfile.TarError, zipfile.BadZipFile) as wrong:
        raise TaskFailed(f"Package {package.name} version {version}: {wrong}") from wrong
    call.attempt.say(f"Extracted {name}: {count} files")


def _package(call: TaskCall) -> PackageResource:
    wanted = call.input("alias").lower()
    for package in call.job.context.plan.resources.packages:
        if package.alias.lower() == wanted:
            return package
    raise TaskFailed(f"The package resource {call.input('alias')} does not exist in the run.")


def _extract(files: JobFiles, top: str, name: str, content: bytes) -> int:
    """Write every file of the archive; each place is looked at anew, for a step may have left links there."""
    count = 0
    for path, mode, data in _members(name, content):
        if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
            raise OutsideOfJob(path)
        place = files.outside(f"{top}/{path}")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        place.chmod(0o755 if mode & 0o100 else 0o644)
        count += 1
    return count


def _members(name: str, content: bytes) -> Iterator[tuple[str, int, bytes]]:
    """Path, mode and content of the regular files; npm's archives may hold nothing else."""
    if name.endswith(".tgz"):
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as tar:
            for member in tar:
                if member.isfile() and (opened := tar.extractfile(member)) is not None:
                    with opened:
                        yield member.name, member.mode, opened.read()
        return
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for info in archive.infolist():
            if not info.is_dir():
                yield info.filename, info.external_attr >> 16, archive.read(info)


EFFECTS: dict[tuple[str, int], TaskEffect] = {("GetPackage", 1): get_package}
