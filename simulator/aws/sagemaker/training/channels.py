"""Brings the channels of a training job to its hosts: files, files that are read-only, or pipes that are fed.

File: the objects lie below /opt/ml/input/data/<channel> before the program starts. FastFile: on AWS the objects appear
there read-only and are fetched as they are read; here all are fetched before, so what differs is only when the time is
spent. Pipe: each epoch is a named pipe /opt/ml/input/data/<channel>_<epoch>. The units of a pipe (objects, or lines of
an augmented manifest; decompressed and framed already) are files in a directory that all hosts share.

Source: developer guide, "Set up training jobs to access datasets"; API reference, Channel, S3DataSource.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from simulator.aws.sagemaker import s3_objects, storage
from simulator.aws.sagemaker.job import Job, JobFailed
from simulator.aws.sagemaker.jobs import downloading
from simulator.aws.sagemaker.training import augmented, cluster, contract, record_io
from simulator.runtime.work import Mount, Stream

DATA = "/opt/ml/input/data"
_REFUSAL = "ClientError: Data download failed:"
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS


async def bring(job: Job) -> None:
    """Every channel to every host that gets it; raises JobFailed in AWS's words."""
    for channel in job.row.get("InputDataConfig", []):
        with downloading(_REFUSAL):
            try:
                await _bring(job, channel)
            except (s3_objects.NotAManifest, augmented.NotAugmented) as error:
                raise JobFailed(f"{_REFUSAL} {error}") from error


def mounts(job: Job, host: str) -> list[Mount]:
    """The channels of a host that it may only read."""
    row = job.row
    return [
        Mount(_directory(job, host, each), f"{DATA}/{each['ChannelName']}", read_only=True)
        for each in contract.channels_of(row, host)
        if contract.channel_mode(row, each) == "FastFile"
    ]


def streams(job: Job, host: str) -> tuple[Stream, ...]:
    """The pipes of a host."""
    row, made = job.row, []
    for each in contract.channels_of(row, host):
        if contract.channel_mode(row, each) == "Pipe":
            seed = each.get("ShuffleConfig", {}).get("Seed")
            shard = _shard(row, each, host)
            target = f"{DATA}/{each['ChannelName']}"
            made.append(Stream(_units(job, each), target, seed, (shard.number, shard.count)))
    return tuple(made)


async def _bring(job: Job, channel: Mapping[str, Any]) -> None:
    row = job.row
    if contract.channel_mode(row, channel) == "Pipe":
        await _fill(job, channel)
        return
    found = await _objects(job, channel)
    for host in cluster.hosts(row["ResourceConfig"]):
        if cluster.share(row["ResourceConfig"], contract.source_of(channel), host) is None:
            continue
        shard, directory = _shard(row, channel, host), _directory(job, host, channel)
        await asyncio.to_thread(directory.mkdir, parents=True, exist_ok=True)
        for one in found[shard.number :: shard.count]:
            await _write(directory, one.relative, await storage.get(job.actor, one.uri))


async def _fill(job: Job, channel: Mapping[str, Any]) -> None:
    """Write the units of a pipe."""
    directory = _units(job, channel)
    await asyncio.to_thread(directory.mkdir, parents=True, exist_ok=True)
    framed = channel.get("RecordWrapperType") == "RecordIO"
    for number, parts in enumerate(await _parts(job, channel)):
        unit = b""
        for part in parts:
            data = await storage.get(job.actor, part.uri) if part.uri else part.data
            if part.uri and channel.get("CompressionType") == "Gzip":
                data = _decompressed(data, part.uri)
            unit += record_io.wrap(data) if framed else data
        await _write(directory, f"{number:09}", unit)


async def _parts(job: Job, channel: Mapping[str, Any]) -> Sequence[Sequence[augmented.Part]]:
    source = contract.source_of(channel)
    if source["S3DataType"] == "AugmentedManifestFile":
        text = await storage.get(job.actor, source["S3Uri"])
        return augmented.lines(text, source.get("AttributeNames", ()), source["S3Uri"])
    return [[augmented.Part(uri=one.uri)] for one in await _objects(job, channel)]


async def _objects(job: Job, channel: Mapping[str, Any]) -> list[s3_objects.Source]:
    source = contract.source_of(channel)
    found = await s3_objects.named(job.actor, source["S3Uri"], source.get("S3DataType", "S3Prefix"))
    if not found:
        raise JobFailed(storage.no_objects(source["S3Uri"], job.place[1], job.row["RoleArn"]))
    return found


def _shard(row: Mapping[str, Any], channel: Mapping[str, Any], host: str) -> cluster.Share:
    """All for each host that gets the channel, or its part where the keys are dealt out."""
    found = cluster.share(row["ResourceConfig"], contract.source_of(channel), host)
    dealt = contract.distribution(channel) == "ShardedByS3Key"
    return found if found and dealt else cluster.Share(0, 1)


def _decompressed(data: bytes, uri: str) -> bytes:
    try:
        return zlib.decompress(data, _GZIP_OR_ZLIB)
    except zlib.error as error:
        raise JobFailed(f"{_REFUSAL} {uri} is not compressed with gzip") from error


def _directory(job: Job, host: str, channel: Mapping[str, Any]) -> Path:
    return job.ml_of(host) / "input" / "data" / str(channel["ChannelName"])


def _units(job: Job, channel: Mapping[str, Any]) -> Path:
    return job.directory / "pipes" / str(channel["ChannelName"])


async def _write(directory: Path, relative: str, body: bytes) -> None:
    target = directory / relative
    if ".." in target.parts:
        raise JobFailed(f"{_REFUSAL} the key {relative} leaves its directory")

    def write() -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)

    await asyncio.to_thread(write)
