"""Brings the outputs of a processing job to S3: at the end, or while the program runs where that was asked for.

Source: API reference, ProcessingS3Output. What S3 holds of a continuous output is noted in the row, so that nothing is
put twice and a restarted simulator goes on from there. AWS publishes no interval; ours is a second.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from simulator.aws.sagemaker import storage
from simulator.aws.sagemaker.acting import Actor
from simulator.aws.sagemaker.jobs import Job, access_text
from simulator.aws.sagemaker.processing.inputs import below
from simulator.aws.sagemaker.running import finished, spawn
from simulator.kernel.errors import CallerError

SYNC_SECONDS = 1.0
Seen = dict[str, list[int]]


def managed(row: Mapping[str, Any], mode: str = "") -> list[Mapping[str, Any]]:
    """The S3Output of each output that the platform uploads, of one S3UploadMode or of both."""
    outputs = row.get("ProcessingOutputConfig", {}).get("Outputs", [])
    found = [each["S3Output"] for each in outputs if "S3Output" in each and not each.get("AppManaged")]
    return [each for each in found if mode in ("", each["S3UploadMode"])]


async def upload_rest(job: Job, mode: str = "") -> None:
    """What is left to put when the program has ended; raises CallerError with S3's code."""
    await finished(job.kernel, f"continuous {job.work_name}")
    await upload(job, mode)


async def upload(job: Job, mode: str = "") -> None:
    """Put what is new or changed since it was last put; raises CallerError with S3's code."""
    row = job.row
    key = row.get("ProcessingOutputConfig", {}).get("KmsKeyId", "")
    seen: Seen = dict(row.get("_uploaded", {}))
    before = dict(seen)
    for each in managed(row, mode):
        await _put_fresh(job.actor, below(job.ml, each["LocalPath"]), each["S3Uri"], key, seen)
    if seen != before:
        job.change({"_uploaded": seen}, quiet=True)


async def _put_fresh(actor: Actor, directory: Path, uri: str, key: str, seen: Seen) -> None:
    encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key} if key else {}
    for file, mark in await asyncio.to_thread(lambda: list(_files(directory))):
        target = storage.join(uri, file.relative_to(directory).as_posix())
        if seen.get(target) == mark:
            continue
        body = await asyncio.to_thread(file.read_bytes)
        bucket, name = storage.split(target)
        await actor.call("s3", "PutObject", {"Bucket": bucket, "Key": name, "Body": body, **encryption})
        seen[target] = mark


def _files(directory: Path) -> Iterator[tuple[Path, list[int]]]:
    """Every file below, with what changes when it is written to; links are left out, as AWS does."""
    for path in sorted(directory.rglob("*")):
        if path.is_file() and not path.is_symlink():
            state = path.stat()
            yield path, [state.st_mtime_ns, state.st_size]


def begin_syncing(job: Job) -> None:
    """Upload continuous outputs every second while the container runs."""
    if managed(job.row, "Continuous"):
        spawn(job.kernel, f"continuous {job.work_name}", _sync(job), busy=False)


async def _sync(job: Job) -> None:
    """A refusal of S3 ends the syncing; the upload at the end will meet it again and fail the job."""
    ended = asyncio.create_task(job.cloud.engine.wait(job.work_name))
    try:
        while not ended.done():
            await upload(job, "Continuous")
            await asyncio.wait([ended], timeout=SYNC_SECONDS)
    except CallerError as error:
        job.kernel.log.record("ContinuousUploadRefused", job.work_name, {"error": access_text(error)})
    finally:
        ended.cancel()
