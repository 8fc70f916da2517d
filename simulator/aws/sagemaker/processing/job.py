"""The life of a processing job: its container's files, its command, what it leaves.

Source: developer guide, "Build your own processing container". A job that was stopped has not completed: its outputs
of S3UploadMode EndOfJob stay behind, its continuous ones are brought up to date.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from simulator.aws.sagemaker.jobs import Job, JobFailed, role_environment, substitute
from simulator.aws.sagemaker.kinds.jobs import PROCESSING_JOB
from simulator.aws.sagemaker.kinds.kind import Row
from simulator.aws.sagemaker.processing import contract, inputs, outputs
from simulator.aws.sagemaker.processing.exit_message import NotUtf8, exit_message, metric_lines
from simulator.aws.sagemaker.processing.request import unanswered
from simulator.kernel.facts import current_cause
from simulator.runtime.images import Image
from simulator.runtime.work import Mount, Network, Work

_NOT_UTF8 = "ClientError: The exit message in /opt/ml/output/message is not valid UTF-8"


class Processing:
    """The life of a processing job."""

    kind = PROCESSING_JOB
    log_group = "/aws/sagemaker/ProcessingJobs"
    failure_file = "message"

    def entering(self, job: Job, phase: str) -> Mapping[str, Any]:
        """The start time, when the container starts."""
        return {"ProcessingStartTime": job.kernel.clock.now()} if phase == "Running" else {}

    async def prepare(self, job: Job) -> Sequence[Work]:
        """Write the configuration and bring the inputs of each host."""
        row = job.row
        if missing := unanswered(row):
            job.kernel.log.record("WorkRefused", job.work_name, {"error": missing})
            raise JobFailed(f"InternalServerError: {missing}")
        image = substitute(job, row["AppSpecification"]["ImageUri"])
        hosts = contract.hosts(row)
        for number, host in enumerate(hosts):
            await asyncio.to_thread(_lay_out, job.ml_of(host), row, contract.files(row, host, hosts))
            await inputs.bring(job, job.ml_of(host), number, len(hosts))
        return [_work(job, row, image, host, hosts) for host in hosts]

    async def accompany(self, job: Job, over: asyncio.Event) -> None:
        """Continuous outputs go to S3 while the program runs."""
        await outputs.sync(job, over)

    def reads(self, job: Job) -> Callable[[str], None]:
        """Lines of a processing job carry no metrics."""
        return lambda line: None

    async def upload(self, job: Job) -> Mapping[str, Any]:
        """Each output directory to its prefix; a message that is no text fails the job."""
        stopped = job.row["ProcessingJobStatus"] == "Stopping" or job.row.get("_why") == "MaxRuntimeExceeded"
        await outputs.upload(job, "Continuous" if stopped else "")
        try:
            await asyncio.to_thread(exit_message, _messages(job))
        except NotUtf8 as error:
            raise JobFailed(_NOT_UTF8) from error
        if "_metrics" in job.row:
            return {"_metrics": await asyncio.to_thread(metric_lines, job.ml / "output/metrics/cloudwatch")}
        return {}

    def ending(self, job: Job, status: str, reason: str) -> Mapping[str, Any]:
        """The end time, and the exit message, with which a failed program too may say why."""
        members: dict[str, Any] = {"ProcessingEndTime": job.kernel.clock.now()}
        try:
            text = exit_message(_messages(job))
        except NotUtf8:
            return members  # `upload` says so where the program ended well
        return {**members, "ExitMessage": text} if text else members


def command_of(row: Row, entrypoint: tuple[str, ...]) -> tuple[str, ...]:
    """ContainerEntrypoint in place of the image's, then ContainerArguments."""
    specification = row["AppSpecification"]
    given = tuple(specification.get("ContainerEntrypoint", ()))
    return (*(given or entrypoint), *specification.get("ContainerArguments", ()))


def _work(job: Job, row: Row, image: Image, host: str, hosts: Sequence[str]) -> Work:
    """What runs on one host. An isolated job has no credentials: it could reach nobody with them."""
    isolated = bool(row.get("NetworkConfig", {}).get("EnableNetworkIsolation"))
    credentials = {} if isolated else role_environment(job.cloud, row["RoleArn"], job.place[1])
    return Work(
        job.work_of(host),
        image.name,
        command_of(row, image.entrypoint),
        {
            **image.environment,
            **credentials,
            **row.get("Environment", {}),
            "PROCESSING_JOB_NAME": row["ProcessingJobName"],
        },
        (Mount(job.ml_of(host), "/opt/ml"),),
        cause=current_cause(),
        hostname=host,
        network=Network(job.work_name, tuple(hosts)) if len(hosts) > 1 else None,
        isolated=isolated,
    )


def _messages(job: Job) -> list[Path]:
    return [job.ml_of(host) / "output" / "message" for host in job.hosts]


def _lay_out(ml: Path, row: Row, files: Mapping[str, Any]) -> None:
    """The directories of outputs exist before the program starts."""
    for folder in ("config", "processing", "output/metrics"):
        (ml / folder).mkdir(parents=True, exist_ok=True)
    for each in outputs.managed(row):
        inputs.below(ml, each["LocalPath"]).mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (ml / "config" / name).write_text(json.dumps(content))
