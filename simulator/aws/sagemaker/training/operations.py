"""The operations of training jobs: create, describe, list, stop, update, delete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.sagemaker import resources
from simulator.aws.sagemaker.experiments.config import check as check_experiment
from simulator.aws.sagemaker.job import Job
from simulator.aws.sagemaker.jobs import accept, assume, launch, stop
from simulator.aws.sagemaker.kinds.jobs import TRAINING_JOB
from simulator.aws.sagemaker.running import finished
from simulator.aws.sagemaker.training import debugging, limits, warm_pools
from simulator.aws.sagemaker.training.checks import check
from simulator.aws.sagemaker.training.life import Training
from simulator.aws.sagemaker.training.secondary import secondary
from simulator.aws.sagemaker.training.specification import Specified, specified
from simulator.kernel.errors import CallerError

ACCEPTED = (
    "VpcConfig", "DebugHookConfig", "DebugRuleConfigurations", "ProfilerConfig", "ProfilerRuleConfigurations",
    "TensorBoardOutputConfig", "RetryStrategy", "EnableManagedSpotTraining", "EnableInterContainerTrafficEncryption",
    "RemoteDebugConfig", "InfraCheckConfig", "SessionChainingConfig",
)  # fmt: skip
ACCEPTED_OF = {
    "ResourceConfig": (
        "KeepAlivePeriodInSeconds",
        "VolumeKmsKeyId",
        "TrainingPlanArn",
        "InstancePlacementConfig",
    ),
    "AlgorithmSpecification": ("TrainingImageConfig", "EnableSageMakerMetricsTimeSeries"),
    "StoppingCondition": ("MaxWaitTimeInSeconds", "MaxPendingTimeInSeconds"),
}


@behaviour("sagemaker", "CreateTrainingJob")
async def create_training_job(call: Call) -> Answer:
    """Accept the job and let it live; AWS answers before it starts."""
    params, key = dict(call.params), call.key(call.params["TrainingJobName"])
    check(params)
    limits.within(call.kernel, f"{call.account}/{call.region}", params)
    check_experiment(call)
    assume(call.cloud, params["RoleArn"])
    algorithm = await specified(call, params["AlgorithmSpecification"])
    tags = params.pop("Tags", ())
    kernel = call.kernel
    with kernel.store.transaction():
        row = resources.insert(
            kernel, TRAINING_JOB, key, _members(params, algorithm, kernel.clock.now()), tags
        )
        if pool := warm_pools.claim(kernel, key, params):
            resources.change(kernel, TRAINING_JOB, key, pool, quiet=True)
        accept(kernel, "CreateTrainingJob", params, ACCEPTED)
        for member, inner in ACCEPTED_OF.items():
            accept(kernel, f"CreateTrainingJob.{member}", params.get(member, {}), inner)
    launch(Job(call.cloud, TRAINING_JOB, key), Training())
    return {"TrainingJobArn": row["TrainingJobArn"]}


def _members(params: Mapping[str, Any], algorithm: Specified, now: float) -> dict[str, Any]:
    """The row of a new job: the request with AWS's defaults."""
    defaults = {"EnableNetworkIsolation": False, "EnableInterContainerTrafficEncryption": False,
                "EnableManagedSpotTraining": False}  # fmt: skip
    channels = [{"CompressionType": "None", "RecordWrapperType": "None", **each}
                for each in params.get("InputDataConfig", ())]  # fmt: skip
    return {
        **defaults,
        **params,
        **({"InputDataConfig": channels} if channels else {}),
        "AlgorithmSpecification": algorithm.shown,
        "OutputDataConfig": {"KmsKeyId": "", "CompressionType": "GZIP", **params["OutputDataConfig"]},
        "StoppingCondition": {"MaxRuntimeInSeconds": 86400, **params.get("StoppingCondition", {})},
        **debugging.described(params, now),
        **secondary({}, "Starting", now),
        "_image": algorithm.image,
    }


@behaviour("sagemaker", "StopTrainingJob")
async def stop_training_job(call: Call) -> Answer:
    """Ask the job to end: SIGTERM, 120 s of grace, SIGKILL; what it left is kept."""
    job = Job(call.cloud, TRAINING_JOB, call.key(call.params["TrainingJobName"]))
    stop(job, secondary(job.row, "Stopping", call.kernel.clock.now()))
    return {}


@behaviour("sagemaker", "UpdateTrainingJob")
async def update_training_job(call: Call) -> Answer:
    """The warm pool's time, and what is profiled; the latter only while the job runs, as the API reference says."""
    params, key = call.params, call.key(call.params["TrainingJobName"])
    row = resources.fetch(call.kernel, TRAINING_JOB, key)
    given = {
        member: params[member] for member in params if member not in ("TrainingJobName", "ResourceConfig")
    }
    if given and row["TrainingJobStatus"] != "InProgress":
        text = f"The request was rejected because the training job is in status {row['TrainingJobStatus']}."
        raise CallerError("ValidationException", text)
    if "ResourceConfig" in params:
        warm_pools.update(call.kernel, key, row, params["ResourceConfig"]["KeepAlivePeriodInSeconds"])
    if given:
        profiler = {**row.get("ProfilerConfig", {}), **given.get("ProfilerConfig", {})}
        changed = {**given, **({"ProfilerConfig": profiler} if profiler else {})}
        changed |= debugging.described({**row, **changed}, call.kernel.clock.now())
        resources.change(call.kernel, TRAINING_JOB, key, changed, quiet=True)
        accept(call.kernel, "UpdateTrainingJob", given, tuple(given))
    return {"TrainingJobArn": row["TrainingJobArn"]}


@behaviour("sagemaker", "DeleteTrainingJob")
async def delete_training_job(call: Call) -> Answer:
    """Forget a job that has ended and holds no warm pool (API reference, DeleteTrainingJob)."""
    key = call.key(call.params["TrainingJobName"])
    row = resources.fetch(call.kernel, TRAINING_JOB, key)
    status = row["TrainingJobStatus"]
    if status in TRAINING_JOB.in_progress:
        raise CallerError(
            "ResourceInUse", f"The request was rejected because the training job is in status {status}."
        )
    if warm_pools.available(row):
        raise CallerError("ResourceInUse", "The training job retains an Available managed warm pool.")
    await finished(
        call.kernel, Job(call.cloud, TRAINING_JOB, key).work_name
    )  # its files may still be cleared away
    resources.remove(call.kernel, TRAINING_JOB, key, "Deleting")
    return {}


resources.describes(TRAINING_JOB)
resources.lists(TRAINING_JOB)
