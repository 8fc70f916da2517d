"""Brings the inputs of a processing job to their local paths, one host's share of each."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simulator.aws.sagemaker import s3_objects, storage
from simulator.aws.sagemaker.jobs import Job, JobFailed, downloading


def below(ml: Path, path: str) -> Path:
    """Where a path of the container lies in the job's directory."""
    return ml / path.removeprefix("/opt/ml/")


async def bring(job: Job, ml: Path, host: int = 0, hosts: int = 1) -> None:
    """Every input that the platform brings, for host number `host` whose /opt/ml is `ml`; raises JobFailed."""
    for each in job.row.get("ProcessingInputs", []):
        if "S3Input" in each and not each.get("AppManaged"):
            await _bring(job, ml, each["S3Input"], host, hosts)


async def _bring(job: Job, ml: Path, source: Mapping[str, Any], host: int, hosts: int) -> None:
    uri, target = source["S3Uri"], below(ml, source["LocalPath"])
    with downloading("ClientError: Failed to download data. "):
        try:
            found = await s3_objects.named(job.actor, uri, source.get("S3DataType", "S3Prefix"))
        except s3_objects.NotAManifest as error:
            raise JobFailed(f"ClientError: Failed to download data. {error}") from error
        if not found:
            raise JobFailed(storage.no_objects(uri, job.place[1], job.row["RoleArn"]))
        distribution = source.get("S3DataDistributionType", "FullyReplicated")
        await asyncio.to_thread(target.mkdir, parents=True, exist_ok=True)
        for one in s3_objects.share(found, host, hosts, distribution):
            await _write(target, one.relative, await storage.get(job.actor, one.uri))


async def _write(directory: Path, relative: str, body: bytes) -> None:
    target = directory / relative
    if ".." in target.parts:
        raise JobFailed(f"ClientError: Failed to download data. The key {relative} leaves its directory")

    def write() -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)

    await asyncio.to_thread(write)
