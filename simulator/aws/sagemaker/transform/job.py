"""The life of a transform job: from the start of its containers to the last output.

Source: developer guide, "Use batch transform". A job goes on with the other objects when one fails, and fails at the
end; after a restart of the simulator it begins again and writes its outputs over.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
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
    row, (_, region, _) = job.row, job.place
    if row["TransformJobStatus"] == "Stopping":
        return
    container = Container.of(row[MODEL_NOTE])
    if container.unserved:
        raise WorkerFailed(container.unserved)
    actor = as_role(job.cloud, container.role, region)
    sources = await _sources(job, actor)
    if not sources:
        source = row["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"]
        raise JobFailed(no_objects(source, region, container.role))
    works, variables = works_of(job), dialogue.environment(row)
    starts = (serving.start(job.cloud, container, work, region, variables) for work in works)
    await together(starts, len(works))
    if job.row["TransformJobStatus"] == "InProgress":
        job.change({"TransformStartTime": job.kernel.clock.now()})
    shares = (_share(job, actor, work, sources[number :: len(works)]) for number, work in enumerate(works))
    reasons = await together(shares, len(works))
    for reason in chain(*reasons):
        raise JobFailed(reason)
    await _capture(job, actor, sources)


def works_of(job: Job) -> list[str]:
    """The work of each instance; that of a job with one bears its name."""
    count = int(job.row["TransformResources"]["InstanceCount"])
    hosts = (f"{job.work_name}/algo-{number}" for number in range(1, count + 1))
    return [job.work_name] if count == 1 else list(hosts)


async def _share(job: Job, actor: Actor, work: str, sources: list[Source]) -> list[str]:
    """Let one instance transform its objects; why some could not be.

    Source: developer guide, "Use batch transform": objects are dealt out to the instances, an object is never cut.
    """
    stream = f"{job.place[2]}/i-{job.kernel.ids.hex(17)}"
    lines = job.cloud.engine.lines(work)
    spawn(job.kernel, f"log {work}", LogShipper(actor, GROUP, stream).ship(lines), busy=False)
    limits = dialogue.limits_of(job.row, await dialogue.execution_parameters(job.cloud, work))
    log = DataLog(actor, stream)
    await log.say(limits.line())
    transformer = Transformer(job, work, actor, limits, log)
    found = await together((transformer.transform(each) for each in sources), limits.concurrent)
    return [reason for reason in found if reason]


async def _sources(job: Job, actor: Actor) -> list[Source]:
    source = job.row["TransformInput"]["DataSource"]["S3DataSource"]
    with downloading("ClientError: Failed to download data. "):
        try:
            return await s3_objects.named(actor, source["S3Uri"], source["S3DataType"])
        except s3_objects.NotAManifest as error:
            raise JobFailed(f"ClientError: Failed to download data. {error}") from error


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
    known = await job.cloud.engine.known()
    for work in works_of(job):
        if work in known:
            await job.cloud.engine.stop(work, serving.STOP_GRACE_SECONDS)
        await finished(job.kernel, f"log {work}")
        await serving.remove(job.cloud, work)
