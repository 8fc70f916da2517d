"""The life of one training job: its hosts laid out and started, what goes on beside them, what is kept at the end.

Source: developer guide, "Use your own training algorithms".
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from simulator.aws.sagemaker.job import Job
from simulator.aws.sagemaker.jobs import role_environment, substitute
from simulator.aws.sagemaker.kinds.jobs import TRAINING_JOB
from simulator.aws.sagemaker.training import artifacts, channels, checkpoints, cluster, contract, warm_pools
from simulator.aws.sagemaker.training.measuring import Measurements
from simulator.aws.sagemaker.training.secondary import concluded, secondary
from simulator.kernel.facts import current_cause
from simulator.runtime.images import Image
from simulator.runtime.work import Mount, Network, Work

BESIDE_SECONDS = 1.0
_PLATFORM_FAILURE = "InternalServerError"


class Training:
    """The life of a training job; one object a job."""

    kind = TRAINING_JOB
    log_group = "/aws/sagemaker/TrainingJobs"
    failure_file = "failure"

    def __init__(self) -> None:
        self._measurements: Measurements | None = None
        self._copies: checkpoints.Copies | None = None

    def entering(self, job: Job, phase: str) -> Mapping[str, Any]:
        """The secondary status of a phase; training starts when the container does."""
        now, row = job.kernel.clock.now(), job.row
        if row["TrainingJobStatus"] == "Stopping":
            return {}
        members = secondary(row, {"Running": "Training"}.get(phase, phase), now)
        return {**members, "TrainingStartTime": now} if phase == "Running" else members

    async def prepare(self, job: Job) -> Sequence[Work]:
        """Write the configuration of each host, bring channels and checkpoints."""
        row = job.row
        image = substitute(job, row["_image"])
        hosts = cluster.hosts(row["ResourceConfig"])
        for host in hosts:
            await asyncio.to_thread(_lay_out, job.ml_of(host), contract.files(row, host))
        await channels.bring(job)
        await checkpoints.restore(job)
        self._copies = checkpoints.Copies(job)
        await self._copies.settle()
        return [_work(job, row, image, host, hosts) for host in hosts]

    async def accompany(self, job: Job, over: asyncio.Event) -> None:
        """Checkpoints and metrics go out while the program runs, and the rest of them when it is over."""
        copies = self._copies or checkpoints.Copies(job)
        while not await _within(over, BESIDE_SECONDS):
            await self._go_out(copies)
        await self._go_out(copies)

    async def _go_out(self, copies: checkpoints.Copies) -> None:
        if self._measurements is not None:
            await self._measurements.publish()
        await copies.bring()

    def reads(self, job: Job) -> Callable[[str], None]:
        """Metrics by regular expression; the last value of each is final."""
        self._measurements = Measurements(job)
        return self._measurements.read

    async def upload(self, job: Job) -> Mapping[str, Any]:
        """The model and the output."""
        await artifacts.upload(job)
        return {"ModelArtifacts": {"S3ModelArtifacts": artifacts.model_uri(job.row)}}

    def ending(self, job: Job, status: str, reason: str) -> Mapping[str, Any]:
        """Times, the secondary status that says why, and the warm pool that is left."""
        row, now = job.row, job.kernel.clock.now()
        why = "MaxRuntimeExceeded" if status == "Stopped" and row.get("_why") else status
        members = {**concluded(row, why, now), "TrainingEndTime": now}
        start = row.get("TrainingStartTime")
        if start:
            seconds = max(1, round(now - start))
            members |= {"TrainingTimeInSeconds": seconds, "BillableTimeInSeconds": seconds}
        healthy = bool(start) and not reason.startswith(_PLATFORM_FAILURE)
        return {**members, **warm_pools.left(job.kernel, job.key, row, healthy)}


async def _within(event: asyncio.Event, seconds: float) -> bool:
    """Whether the event came before so many real seconds were over."""
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False


def _work(job: Job, row: Mapping[str, Any], image: Image, host: str, hosts: Sequence[str]) -> Work:
    """What runs on one host. An isolated job has no credentials: it could reach nobody with them."""
    isolated = bool(row.get("EnableNetworkIsolation"))
    region = job.place[1]
    credentials = {} if isolated else role_environment(job.cloud, row["RoleArn"], region)
    return Work(
        job.work_of(host),
        image.name,
        command_of(row, image),
        {**image.environment, **credentials, **contract.variables(row, region)},
        (Mount(job.ml_of(host), "/opt/ml"), *checkpoints.mounts(job, host), *channels.mounts(job, host)),
        cause=current_cause(),
        hostname=host,
        network=Network(job.work_name, tuple(hosts)) if len(hosts) > 1 else None,
        isolated=isolated,
        streams=channels.streams(job, host),
    )


def command_of(row: Mapping[str, Any], image: Image) -> tuple[str, ...]:
    """ContainerEntrypoint and ContainerArguments in place of the image's entry point with `train`."""
    specification = row["AlgorithmSpecification"]
    entry = tuple(specification.get("ContainerEntrypoint", ()))
    given = tuple(specification.get("ContainerArguments", ()))
    return (*entry, *given) if entry else (*image.entrypoint, *image.train, *given)


def _lay_out(ml: Path, files: Mapping[str, Any]) -> None:
    for folder in ("input/config", "input/data", "model", "output/data", "checkpoints"):
        (ml / folder).mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (ml / "input" / "config" / name).write_text(json.dumps(content))
