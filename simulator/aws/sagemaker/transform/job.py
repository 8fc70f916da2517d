"""Batch transform jobs: a model's container served for the job's time, every object of the input sent through it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.aws.behaviour import Answer, Call, Cloud, behaviour
from simulator.aws.sagemaker import resources, serving, storage
from simulator.aws.sagemaker.acting import Actor, as_role
from simulator.aws.sagemaker.jobs import Job, JobFailed, accept, access_text, downloading, refuse
from simulator.aws.sagemaker.kinds.jobs import TRANSFORM_JOB
from simulator.aws.sagemaker.kinds.kind import Row
from simulator.aws.sagemaker.kinds.serving import MODEL
from simulator.aws.sagemaker.logs import LogShipper
from simulator.aws.sagemaker.running import finished, spawn
from simulator.aws.sagemaker.serving import Container, WorkerFailed
from simulator.aws.sagemaker.transform.records import TooLarge, assemble, payloads
from simulator.kernel.errors import CallerError, NotSimulated
from simulator.kernel.facts import cause
from simulator.runtime.engine import WorkUnreachable

_MODEL = "_model"
_INVOCATION_SECONDS = 600.0


def check(params: Mapping[str, Any]) -> None:
    """Refuse what a transform here does not do; raises NotSimulated or CallerError."""
    processing = params.get("DataProcessing", {})
    plain = processing.get("InputFilter", "$") == "$" and processing.get("OutputFilter", "$") == "$"
    if not plain or processing.get("JoinSource", "None") != "None":
        raise NotSimulated(
            "DataProcessing of sagemaker:CreateTransformJob", "Leave the filters and the join out."
        )
    refuse("CreateTransformJob", params, ("DataCaptureConfig",))
    source = params["TransformInput"]["DataSource"]["S3DataSource"]
    if source["S3DataType"] != "S3Prefix":
        raise NotSimulated(f"S3DataType {source['S3DataType']} of a transform's input", "Use S3Prefix.")
    if params["TransformInput"].get("SplitType", "None") not in ("None", "Line"):
        raise NotSimulated(f"SplitType {params['TransformInput']['SplitType']}", "Use Line or None.")
    if params["TransformInput"].get("CompressionType", "None") != "None":
        raise NotSimulated("CompressionType of a transform's input")
    storage.split(source["S3Uri"])
    storage.split(params["TransformOutput"]["S3OutputPath"])


def environment(row: Row) -> dict[str, str]:
    """Variables by which a container knows that it serves a batch."""
    strategy = {"SingleRecord": "SINGLE_RECORD"}.get(row.get("BatchStrategy", ""), "MULTI_RECORD")
    return {
        **row.get("Environment", {}),
        "SAGEMAKER_BATCH": "true",
        "SAGEMAKER_MAX_PAYLOAD_IN_MB": str(row.get("MaxPayloadInMB", 6)),
        "SAGEMAKER_BATCH_STRATEGY": strategy,
        "SAGEMAKER_MAX_CONCURRENT_TRANSFORMS": str(row.get("MaxConcurrentTransforms", 1)),
    }


def launch(cloud: Cloud, key: str) -> None:
    """Let the job live in a task of its own; after a restart it begins again, its outputs are written over."""
    job = Job(cloud, TRANSFORM_JOB, key)
    with cause(job.row.get("_fact")):
        spawn(cloud.kernel, job.work_name, run(job))


async def run(job: Job) -> None:
    """From the start of the container to the last output."""
    status, members = "Completed", dict[str, Any]()
    try:
        await _live(job)
    except (JobFailed, WorkerFailed) as failure:
        status, members = "Failed", {"FailureReason": f"{_prefix(failure)}{failure}"[:1024]}
    except Exception:
        text = "InternalServerError: We encountered an internal error. Please try again."
        job.change({"TransformJobStatus": "Failed", "FailureReason": text})
        raise
    finally:
        await _end_work(job)
    if status == "Completed" and job.row["TransformJobStatus"] == "Stopping":
        status = "Stopped"
    job.change({**members, "TransformJobStatus": status, "TransformEndTime": job.kernel.clock.now()})


def _prefix(failure: Exception) -> str:
    return "ClientError: " if isinstance(failure, WorkerFailed) else ""


async def _live(job: Job) -> None:
    row, (_, region, name) = job.row, job.place
    container = Container.of(row[_MODEL])
    actor = as_role(job.cloud, container.role, region)
    source = row["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"]
    with downloading("ClientError: Failed to download data. "):
        keys = await storage.list_keys(actor, source)
    if not keys:
        raise JobFailed(storage.no_objects(source, region, container.role))
    await serving.start(job.cloud, container, job.work_name, region, environment(row))
    shipper = LogShipper(actor, "/aws/sagemaker/TransformJobs", f"{name}/i-{job.kernel.ids.hex(17)}")
    lines = job.cloud.engine.lines(job.work_name)
    spawn(job.kernel, f"log {job.work_name}", shipper.ship(lines), busy=False)
    if row["TransformJobStatus"] == "InProgress":
        job.change({"TransformStartTime": job.kernel.clock.now()})
    bucket, prefix = storage.split(source)
    for key in keys:
        if job.row["TransformJobStatus"] == "Stopping":
            return
        await _one(job, actor, f"s3://{bucket}/{key}", storage.relative(prefix, key))


async def _one(job: Job, actor: Actor, uri: str, relative: str) -> None:
    """One object through the container, to `<output>/<relative>.out`."""
    row = job.row
    given, target = row["TransformInput"], row["TransformOutput"]
    with downloading("ClientError: Failed to download data. "):
        body = await storage.get(actor, uri)
    headers = {"content-type": given.get("ContentType", "application/octet-stream")}
    if accepted := target.get("Accept"):
        headers["accept"] = accepted
    limit, split = int(row.get("MaxPayloadInMB", 6)), given.get("SplitType", "None")
    try:
        cut = list(payloads(body, split, row.get("BatchStrategy", "MultiRecord"), limit))
    except TooLarge as error:
        raise JobFailed(
            "ClientError: See job logs for more information (a record exceeds MaxPayloadInMB)"
        ) from error
    answers = [await _ask(job, headers, payload) for payload in cut]
    content = assemble(answers, target.get("AssembleWith", "None"))
    try:
        await storage.put(actor, storage.join(target["S3OutputPath"], f"{relative}.out"), content)
    except CallerError as error:
        raise JobFailed(f"ClientError: Failed to upload data. {access_text(error)}") from error


async def _ask(job: Job, headers: Mapping[str, str], payload: bytes) -> bytes:
    try:
        answer = await job.cloud.engine.request(
            job.work_name, "POST", "/invocations", headers, payload, _INVOCATION_SECONDS
        )
    except WorkUnreachable as error:
        raise JobFailed(f"AlgorithmError: {error}") from error
    if answer.status != 200:
        side = "ClientError" if 400 <= answer.status < 500 else "AlgorithmError"
        text = answer.body[:512].decode(errors="replace")
        raise JobFailed(f"{side}: See job logs for more information ({answer.status}: {text})")
    return answer.body


async def _end_work(job: Job) -> None:
    if job.work_name in await job.cloud.engine.known():
        await job.cloud.engine.stop(job.work_name, serving.STOP_GRACE_SECONDS)
    await finished(job.kernel, f"log {job.work_name}")
    await serving.remove(job.cloud, job.work_name)


@behaviour("sagemaker", "CreateTransformJob")
async def create_transform_job(call: Call) -> Answer:
    """Accept the job and let it live."""
    params, key = dict(call.params), call.key(call.params["TransformJobName"])
    check(params)
    model = resources.fetch(call.kernel, MODEL, call.key(params["ModelName"]))
    tags = params.pop("Tags", ())
    row = resources.insert(call.kernel, TRANSFORM_JOB, key, {**params, _MODEL: model["_container"]}, tags)
    accept(call.kernel, "CreateTransformJob", params, ("ExperimentConfig", "ModelClientConfig"))
    launch(call.cloud, key)
    return {"TransformJobArn": row["TransformJobArn"]}


@behaviour("sagemaker", "StopTransformJob")
async def stop_transform_job(call: Call) -> Answer:
    """Ask the job to end after the object at hand."""
    job = Job(call.cloud, TRANSFORM_JOB, call.key(call.params["TransformJobName"]))
    if job.row["TransformJobStatus"] == "InProgress":
        job.change({"TransformJobStatus": "Stopping"})
    return {}


resources.describes(TRANSFORM_JOB)
resources.lists(TRANSFORM_JOB)
