"""Checkpoints: brought to every host at the start, and copied to S3 while the program runs and when it has ended.

What a host deletes is deleted in S3 too, when no host has it any more; what somebody else adds there later is not
brought. Hosts share one prefix. Source: developer guide, "Use checkpoints in Amazon SageMaker".
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simulator.aws.sagemaker import storage
from simulator.aws.sagemaker.job import Job
from simulator.aws.sagemaker.jobs import downloading
from simulator.aws.sagemaker.training import cluster
from simulator.kernel.errors import CallerError
from simulator.runtime.work import Mount

DEFAULT_PATH = "/opt/ml/checkpoints"
Marks = dict[str, tuple[int, int]]


def _config(row: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = row.get("CheckpointConfig", {})
    return found


def local_path(row: Mapping[str, Any]) -> str:
    """Where the program finds and leaves its checkpoints."""
    return str(_config(row).get("LocalPath") or DEFAULT_PATH).rstrip("/")


def directory(job: Job, host: str) -> Path:
    """Where this machine has a host's checkpoints."""
    return job.directory / f"checkpoints-{host}"


def mounts(job: Job, host: str) -> list[Mount]:
    """The host's checkpoints at their place in its container, for a job that has any."""
    return [Mount(directory(job, host), local_path(job.row))] if _config(job.row) else []


async def restore(job: Job) -> None:
    """Bring what is there to every host; raises JobFailed."""
    config = _config(job.row)
    if not config:
        return
    for host in cluster.hosts(job.row["ResourceConfig"]):
        await asyncio.to_thread(directory(job, host).mkdir, parents=True, exist_ok=True)
        with downloading("ClientError: Failed to download checkpoints: "):
            await storage.download(job.actor, f"{config['S3Uri'].rstrip('/')}/", directory(job, host))


class Copies:
    """What of the checkpoints is in S3 already. A refusal of S3 is a fact, and the program goes on."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._marks: Marks = {}

    async def settle(self) -> None:
        """Take what is there now as known to S3: it was just brought from there."""
        self._marks = {name: mark for name, (_, mark) in (await self._found()).items()}

    async def bring(self) -> None:
        """Put what is new or changed, delete what has gone."""
        job, config = self._job, _config(self._job.row)
        if not config:
            return
        found = await self._found()
        try:
            for name, (file, mark) in found.items():
                if self._marks.get(name) != mark:
                    body = await asyncio.to_thread(file.read_bytes)
                    await storage.put(job.actor, storage.join(config["S3Uri"], name), body)
                    self._marks[name] = mark
            for name in self._marks.keys() - found.keys():
                bucket, key = storage.split(storage.join(config["S3Uri"], name))
                await job.actor.call("s3", "DeleteObject", {"Bucket": bucket, "Key": key})
                del self._marks[name]
        except (CallerError, FileNotFoundError) as problem:
            account, region, _ = job.place
            detail: dict[str, object] = {"error": str(problem)}
            job.kernel.log.record(
                "CheckpointsNotCopied", job.work_name, detail, account=account, region=region
            )

    async def _found(self) -> dict[str, tuple[Path, tuple[int, int]]]:
        if not _config(self._job.row):
            return {}
        hosts = cluster.hosts(self._job.row["ResourceConfig"])
        return await asyncio.to_thread(_look, [directory(self._job, host) for host in reversed(hosts)])


def _look(directories: list[Path]) -> dict[str, tuple[Path, tuple[int, int]]]:
    """Every file by its relative path, with its time and size; of equal paths, the last directory's."""
    found: dict[str, tuple[Path, tuple[int, int]]] = {}
    for top in directories:
        for file in sorted(top.rglob("*")):
            if file.is_file() and not file.is_symlink():
                seen = file.stat()
                found[file.relative_to(top).as_posix()] = file, (seen.st_mtime_ns, seen.st_size)
    return found
