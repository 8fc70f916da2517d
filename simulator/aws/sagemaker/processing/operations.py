"""The operations of processing jobs: create, stop, describe, list, delete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.sagemaker import resources
from simulator.aws.sagemaker.experiments.config import check as check_experiment
from simulator.aws.sagemaker.jobs import Job, accept, assume, launch, stop
from simulator.aws.sagemaker.kinds.jobs import PROCESSING_JOB
from simulator.aws.sagemaker.kinds.kind import Row
from simulator.aws.sagemaker.processing.job import Processing
from simulator.aws.sagemaker.processing.request import check
from simulator.kernel.errors import CallerError


def create(call: Call, params: Mapping[str, Any], *, notes: Mapping[str, Any] | None = None) -> Row:
    """Make a processing job here and let it live; `notes` are our own members of the row."""
    members = dict(params)
    check(members)
    assume(call.cloud, members["RoleArn"])
    key, tags = call.key(members["ProcessingJobName"]), members.pop("Tags", ())
    members["StoppingCondition"] = {"MaxRuntimeInSeconds": 86400, **members.get("StoppingCondition", {})}
    row = resources.insert(call.kernel, PROCESSING_JOB, key, {**members, **(notes or {})}, tags)
    cluster = members["ProcessingResources"]["ClusterConfig"]
    accept(call.kernel, "CreateProcessingJob", cluster, ("VolumeKmsKeyId",))
    network = members.get("NetworkConfig", {})
    accept(
        call.kernel, "CreateProcessingJob", network, ("VpcConfig", "EnableInterContainerTrafficEncryption")
    )
    launch(Job(call.cloud, PROCESSING_JOB, key), Processing())
    return row


@behaviour("sagemaker", "CreateProcessingJob")
async def create_processing_job(call: Call) -> Answer:
    """Accept the job and let it live; AWS answers before it starts."""
    check_experiment(call)
    return {"ProcessingJobArn": create(call, call.params)["ProcessingJobArn"]}


@behaviour("sagemaker", "StopProcessingJob")
async def stop_processing_job(call: Call) -> Answer:
    """Ask the job to end."""
    stop(Job(call.cloud, PROCESSING_JOB, call.key(call.params["ProcessingJobName"])))
    return {}


@behaviour("sagemaker", "DeleteProcessingJob")
async def delete_processing_job(call: Call) -> Answer:
    """Forget a job that has ended; its name is free again. The text for one that has not is ours."""
    key = call.key(call.params["ProcessingJobName"])
    row = resources.fetch(call.kernel, PROCESSING_JOB, key)
    if (status := row["ProcessingJobStatus"]) in PROCESSING_JOB.in_progress:
        name = row["ProcessingJobName"]
        raise CallerError("ResourceInUse", f"Processing job {name} cannot be deleted in status {status}.")
    resources.remove(call.kernel, PROCESSING_JOB, key)
    return {}


resources.describes(PROCESSING_JOB)
resources.lists(PROCESSING_JOB)
