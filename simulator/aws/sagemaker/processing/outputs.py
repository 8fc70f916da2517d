"""Brings the outputs of a processing job to S3: at the end, or while the program runs where that was asked for.

Source: API reference, ProcessingS3Output. What S3 holds of a continuous output is noted in the row, so that nothing is
put twice and a restarted simulator goes on from there. AWS publishes no interval; ours is a second.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from simulator.aws.sagemaker import storage
from simulator.aws.sagemaker.acting import Actor
from simulator.aws.sagemaker.jobs import Job, access_text
from simulator.aws.sagemaker.processing.inputs import below
from simulator.kernel.errors import CallerError

SYNC_SECONDS = 1.0
Seen = dict[str, list[int]]


def managed(row: Mapping[str, Any], mode: str = "") -> list[Mapping[str, Any]]:
    """The S3Output of each output that the platform uploads, of one S3UploadMode or of both."""
    outputs = row.get("ProcessingOutputConfig", {}).get("Outputs", [])
    found = [each["S3Output"] for each in outputs if "S3Output" in each and not each.get("AppManaged")]
    return [each for each in found if mode in ("", each["S3UploadMode"])]


async def upload(job: Job, mode: str = "") -> None:
    """Put what is new or changed since it was last put, host by host; raises CallerError with S3's code."""
    row = job.row
    key = row.get("ProcessingOutputConfig", {}).get("KmsKeyId", "")
    seen: Seen = dict(row.get("_uploaded", {}))
    before = dict(seen)
    for host in job.hosts:
        for each in managed(row, mode):
            directory = below(job.ml_of(host), each["LocalPath"])
            await _put_fresh(job.actor, directory, each["S3Uri"], key, seen, host)
    if seen != before:
        job.change({"_uploaded": seen}, quiet=True)


async def _put_fresh(actor: Actor, directory: Path, uri: str, key: str, seen: Seen, host: str) -> None:
    encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key} if key else {}
    for file, mark in await asyncio.to_thread(lambda: list(_files(directory))):
        target = storage.join(uri, file.relative_to(directory).as_posix())
        if seen.get(f"{host} {target}") == mark:
            continue
        body = await asyncio.to_thread(file.read_bytes)
        bucket, name = storage.split(target)
        await actor.call("s3", "PutObject", {"Bucket": bucket, "Key": name, "Body": body, **encryption})
        seen[f"{host} {target}"] = mark


def _files(directory: Path) -> Iterator[tuple[Path, list[int]]]:
    """Every file below, with what changes when it is written to; links are left out, as AWS does."""
    for path in sorted(directory.rglob("*")):
        if path.is_file() and not path.is_symlink():
            state = path.stat()
            yield path, [state.st_mtime_ns, state.st_size]


async def sync(job: Job, over: asyncio.Event) -> None:
    """Upload continuous outputs every second until the program is over.

    A refusal of S3 ends the syncing; the upload at the end meets it again and fails the job.
    """
    if not managed(job.row, "Continuous"):
        return
    try:
        while not over.is_set():
            await upload(job, "Continuous")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), SYNC_SECONDS)
    except CallerError as error:
        job.kernel.log.record("ContinuousUploadRefused", job.work_name, {"error": access_text(error)})
