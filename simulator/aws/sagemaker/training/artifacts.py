"""What a training job leaves in S3: the model and the output of all hosts, in one archive each or as single objects.

Where two hosts leave a file of the same name, the host with the lower number wins (AWS asks that names do not clash).
Source: developer guide, "How Amazon SageMaker Processes Training Output"; OutputDataConfig.CompressionType.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simulator.aws.sagemaker import archive, storage
from simulator.aws.sagemaker.job import Job


def model_uri(row: Mapping[str, Any]) -> str:
    """Where the model will be: an archive, or a prefix when it is not compressed."""
    name = "model" if _single(row) else "model.tar.gz"
    return storage.join(_prefix(row), name)


async def upload(job: Job) -> None:
    """The model, and the output where there is any; raises CallerError with S3's code."""
    row = job.row
    model = [job.ml_of(host) / "model" for host in job.hosts]
    output = [job.ml_of(host) / "output" / "data" for host in job.hosts]
    if _single(row):
        await _upload_single(job, model, model_uri(row))
        await _upload_single(job, output, storage.join(_prefix(row), "data"))
        return
    key = _key(row)
    await storage.put(job.actor, model_uri(row), await archive.pack(*model), key=key)
    if any(each.is_dir() and any(each.iterdir()) for each in output):
        target = storage.join(_prefix(row), "output.tar.gz")
        await storage.put(job.actor, target, await archive.pack(*output), key=key)


async def _upload_single(job: Job, directories: list[Path], uri: str) -> None:
    for directory in reversed(directories):
        await storage.upload(job.actor, directory, uri, key=_key(job.row))


def _single(row: Mapping[str, Any]) -> bool:
    return bool(row["OutputDataConfig"].get("CompressionType") == "NONE")


def _key(row: Mapping[str, Any]) -> str:
    return str(row["OutputDataConfig"].get("KmsKeyId") or "")


def _prefix(row: Mapping[str, Any]) -> str:
    return storage.join(row["OutputDataConfig"]["S3OutputPath"], row["TrainingJobName"], "output")
