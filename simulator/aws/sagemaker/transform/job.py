"""The life of a transform job: from the start of its container to the last output.

Source: developer guide, "Use batch transform". A job goes on with the other objects when one fails, and fails at the
end; after a restart of the simulator it begins again and writes its outputs over.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.aws.behaviour import Cloud
from simulator.aws.sagemaker import s3_objects, serving
from simulator.aws.sagemaker.acting import Actor, as_role
from simulator.aws.sagemaker.jobs import Job, JobFailed, downloading
from simulator.aws.sagemaker.kinds.jobs import TRANSFORM_JOB
from simulator.aws.sagemaker.logs import LogShipper
from simulator.aws.sagemaker.running import finished, spawn
from simulator.aws.sagemaker.s3_objects import Source
from simulator.aws.sagemaker.serving import Container, WorkerFailed
from simulator.aws.sagemaker.storage import no_objects
from simulator.aws.sagemaker.transform import captured, dialogue
from simulator.aws.sagemaker.transform.data_log import GROUP, DataLog
from simulator.aws.sagemaker.transform.objects import Transformer, put
from simulator.aws.sagemaker.transform.together import together
from simulator.kernel.facts import cause

MODEL_NOTE = "_model"
"""The member of the row that says what serves the model."""


def launch(cloud: Cloud, key: str) -> None:
    """Let the job live in a task of its own, caused by the fact of its creation."""
    job = Job(cloud, TRANSFORM_JOB, key)
    with cause(job.row.get("_fact")):
        spawn(cloud.kernel, job.work_name, run(job))


async def run(job: Job) -> None:
    """From the start of the container to the last output."""
    status, members = "Completed", dict[str, Any]()
    try:
        await _live(job)
    except (JobFailed, WorkerFailed) as failure:
        if job.row["TransformJobStatus"] != "Stopping":
            status, members = "Failed", {"FailureReason": f"{_prefix(failure)}{failure}"[:1024]}
    except Exception:
        text = "InternalServerError: We encountered an internal error. Please try again."
        _end(job, "Failed", {"FailureReason": text})
        raise
    finally:
        await _end_work(job)
    if status == "Completed" and job.row["TransformJobStatus"] == "Stopping":
        status = "Stopped"
    _end(job, status, members)


def _end(job: Job, status: str, members: Mapping[str, Any]) -> None:
    job.change({**members, "TransformJobStatus": status, "TransformEndTime": job.kernel.clock.now()})


def _prefix(failure: Exception) -> str:
    return "ClientError: " if isinstance(failure, WorkerFailed) else ""


async def _live(job: Job) -> None:
    row, (_, region, name) = job.row, job.place
    if row["TransformJobStatus"] == "Stopping":
        return
    container = Container.of(row[MODEL_NOTE])
    actor = as_role(job.cloud, container.role, region)
    sources = await _sources(job, actor)
    if not sources:
        source = row["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"]
        raise JobFailed(no_objects(source, region, container.role))
    await serving.start(job.cloud, container, job.work_name, region, dialogue.environment(row))
    stream = f"{name}/i-{job.kernel.ids.hex(17)}"
    lines = job.cloud.engine.lines(job.work_name)
    spawn(job.kernel, f"log {job.work_name}", LogShipper(actor, GROUP, stream).ship(lines), busy=False)
    if row["TransformJobStatus"] == "InProgress":
        job.change({"TransformStartTime": job.kernel.clock.now()})
    limits = dialogue.limits_of(row, await dialogue.execution_parameters(job))
    log = DataLog(actor, stream)
    await log.say(limits.line())
    await _transform(Transformer(job, actor, limits, log), sources, limits.concurrent)
    await _capture(job, actor, sources)


async def _sources(job: Job, actor: Actor) -> list[Source]:
    source = job.row["TransformInput"]["DataSource"]["S3DataSource"]
    with downloading("ClientError: Failed to download data. "):
        try:
            return await s3_objects.named(actor, source["S3Uri"], source["S3DataType"])
        except s3_objects.NotAManifest as error:
            raise JobFailed(f"ClientError: Failed to download data. {error}") from error


async def _transform(transformer: Transformer, sources: list[Source], concurrent: int) -> None:
    """Every object, as many at once as requests may be open; raises JobFailed for the first that failed."""
    reasons = await together((transformer.transform(each) for each in sources), concurrent)
    for reason in filter(None, reasons):
        raise JobFailed(reason)


async def _capture(job: Job, actor: Actor, sources: list[Source]) -> None:
    """The manifests of what was read and written, when all of it was."""
    row = job.row
    config = row.get("DataCaptureConfig")
    if not config or row["TransformJobStatus"] == "Stopping":
        return
    first = sources[0]
    prefix = first.uri.removesuffix(first.relative)
    target, names = row["TransformOutput"]["S3OutputPath"], [each.relative for each in sources]
    now, unique = job.kernel.clock.now(), job.kernel.ids.uuid()
    found = captured.manifests(config["DestinationS3Uri"], prefix, target, names, now, unique)
    for uri, content in found.items():
        await put(actor, uri, content, config.get("KmsKeyId", ""))


async def _end_work(job: Job) -> None:
    if job.work_name in await job.cloud.engine.known():
        await job.cloud.engine.stop(job.work_name, serving.STOP_GRACE_SECONDS)
    await finished(job.kernel, f"log {job.work_name}")
    await serving.remove(job.cloud, job.work_name)
