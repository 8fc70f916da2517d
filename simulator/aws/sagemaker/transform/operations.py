"""The operations of transform jobs: create, stop, describe, list."""

from __future__ import annotations

import contextlib

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.sagemaker import resources, serving
from simulator.aws.sagemaker.experiments.config import check as check_experiment
from simulator.aws.sagemaker.jobs import Job, accept
from simulator.aws.sagemaker.kinds.jobs import TRANSFORM_JOB
from simulator.aws.sagemaker.kinds.serving import MODEL
from simulator.aws.sagemaker.running import spawn
from simulator.aws.sagemaker.transform.job import MODEL_NOTE, launch, works_of
from simulator.aws.sagemaker.transform.request import check
from simulator.runtime.engine import WorkUnknown


@behaviour("sagemaker", "CreateTransformJob")
async def create_transform_job(call: Call) -> Answer:
    """Accept the job and let it live."""
    params, key = dict(call.params), call.key(call.params["TransformJobName"])
    check(params)
    check_experiment(call)
    model = resources.fetch(call.kernel, MODEL, call.key(params["ModelName"]))
    tags = params.pop("Tags", ())
    members = {**params, MODEL_NOTE: model["_container"]}
    row = resources.insert(call.kernel, TRANSFORM_JOB, key, members, tags)
    instances = params["TransformResources"]
    accept(call.kernel, "CreateTransformJob", instances, ("VolumeKmsKeyId", "TransformAmiVersion"))
    launch(call.cloud, key)
    return {"TransformJobArn": row["TransformJobArn"]}


@behaviour("sagemaker", "StopTransformJob")
async def stop_transform_job(call: Call) -> Answer:
    """End the job: its container is stopped, and objects at hand get no output; those written before stay."""
    job = Job(call.cloud, TRANSFORM_JOB, call.key(call.params["TransformJobName"]))
    if job.row["TransformJobStatus"] == "InProgress":
        job.change({"TransformJobStatus": "Stopping"})
        spawn(call.kernel, f"stop {job.work_name}", _stop(job))
    return {}


async def _stop(job: Job) -> None:
    """A job whose containers have not started yet, or have ended, meets its status by itself."""
    for work in works_of(job):
        with contextlib.suppress(WorkUnknown):
            await job.cloud.engine.stop(work, serving.STOP_GRACE_SECONDS)


resources.describes(TRANSFORM_JOB)
resources.lists(TRANSFORM_JOB)
