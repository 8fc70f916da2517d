"""Training jobs: the container contract on disk, real training in the engine, model.tar.gz in S3, metrics from the log.

Source: SageMaker developer guide, "Use your own training algorithms"; botocore's model for members and limits.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.sagemaker import archive, images, resources, storage, watched
from simulator.aws.sagemaker.acting import as_service
from simulator.aws.sagemaker.jobs import (
    Job,
    JobFailed,
    accept,
    assume,
    downloading,
    launch,
    refuse,
    role_environment,
    stop,
    substitute,
)
from simulator.aws.sagemaker.kinds.jobs import TRAINING_JOB
from simulator.aws.sagemaker.kinds.kind import Row
from simulator.aws.sagemaker.metrics import publish
from simulator.kernel.errors import CallerError, NotSimulated
from simulator.kernel.facts import current_cause
from simulator.runtime.work import Mount, Work

MESSAGES = {
    "Starting": "Preparing the instances for training",
    "Downloading": "Downloading input data",
    "Training": "Training image download completed. Training in progress.",
    "Uploading": "Uploading generated training model",
    "Stopping": "Stopping the training job",
    "Completed": "Training job completed",
    "Stopped": "Training job stopped",
    "MaxRuntimeExceeded": "Training job runtime exceeded MaxRuntimeInSeconds provided",
    "Failed": "Training job failed",
}
_REFUSED = ("CheckpointConfig", "TensorBoardOutputConfig", "ServerlessJobConfig", "ModelPackageConfig")
_ACCEPTED = ("VpcConfig", "DebugHookConfig", "DebugRuleConfigurations", "ProfilerRuleConfigurations", "RetryStrategy",
             "EnableManagedSpotTraining", "EnableNetworkIsolation", "ExperimentConfig")  # fmt: skip


def secondary(row: Row, status: str, now: float) -> dict[str, Any]:
    """The members that a new secondary status sets: the transition before it ends now."""
    transitions = [dict(each) for each in row.get("SecondaryStatusTransitions", [])]
    if transitions and transitions[-1]["Status"] == status:
        return {"SecondaryStatus": status}
    if transitions:
        transitions[-1].setdefault("EndTime", now)
    transitions.append({"Status": status, "StartTime": now, "StatusMessage": MESSAGES[status]})
    return {"SecondaryStatus": status, "SecondaryStatusTransitions": transitions}


def contract(row: Row) -> dict[str, Any]:
    """The files of /opt/ml/input/config: hyperparameters, channels and hosts."""
    channels = {
        channel["ChannelName"]: {
            **({"ContentType": channel["ContentType"]} if channel.get("ContentType") else {}),
            "TrainingInputMode": "File",
            "S3DistributionType": "FullyReplicated",
            "RecordWrapperType": channel.get("RecordWrapperType", "None"),
        }
        for channel in row.get("InputDataConfig", [])
    }
    kind = row["ResourceConfig"].get("InstanceType", "ml.m5.large")
    hosts = {
        "current_host": "algo-1",
        "current_instance_type": kind,
        "current_group_name": "homogeneousCluster",
        "hosts": ["algo-1"],
        "instance_groups": [
            {"instance_group_name": "homogeneousCluster", "instance_type": kind, "hosts": ["algo-1"]}
        ],
        "network_interface_name": "eth0",
    }
    return {
        "hyperparameters.json": dict(row.get("HyperParameters", {})),
        "inputdataconfig.json": channels,
        "resourceconfig.json": hosts,
    }


def check(params: Mapping[str, Any]) -> None:
    """Refuse what training here does not do; raises NotSimulated or CallerError."""
    refuse("CreateTrainingJob", params, _REFUSED)
    if "TrainingImage" not in params.get("AlgorithmSpecification", {}):
        raise NotSimulated("CreateTrainingJob without AlgorithmSpecification.TrainingImage")
    if params["ResourceConfig"].get("InstanceCount", 1) != 1 or params["ResourceConfig"].get(
        "InstanceGroups"
    ):
        raise NotSimulated("training on more than one instance", "Set InstanceCount to 1.")
    if params["OutputDataConfig"].get("CompressionType", "GZIP") != "GZIP":
        raise NotSimulated("OutputDataConfig.CompressionType NONE of CreateTrainingJob")
    mode = params["AlgorithmSpecification"].get("TrainingInputMode", "File")
    names = [channel["ChannelName"] for channel in params.get("InputDataConfig", [])]
    if len(set(names)) != len(names):
        raise CallerError("ValidationException", "Channel names must be unique.")
    for channel in params.get("InputDataConfig", []):
        source = channel["DataSource"].get("S3DataSource")
        if source is None:
            raise NotSimulated(f"channel {channel['ChannelName']}: a data source that is not S3DataSource")
        storage.split(source["S3Uri"])
        wanted = {
            "input mode": (channel.get("InputMode", mode), "File"),
            "S3DataType": (source.get("S3DataType", "S3Prefix"), "S3Prefix"),
            "S3DataDistributionType": (
                source.get("S3DataDistributionType", "FullyReplicated"),
                "FullyReplicated",
            ),
            "CompressionType": (channel.get("CompressionType") or "None", "None"),
        }
        for what, (given, known) in wanted.items():
            if given != known:
                raise NotSimulated(f"{what} {given} of channel {channel['ChannelName']}", f"Use {known}.")


class Training:
    """The life of a training job."""

    kind = TRAINING_JOB
    log_group = "/aws/sagemaker/TrainingJobs"
    failure_file = "failure"

    def entering(self, job: Job, phase: str) -> Mapping[str, Any]:
        """The secondary status of a phase; training starts when the container does."""
        now, row = job.kernel.clock.now(), job.row
        if row["TrainingJobStatus"] == "Stopping":
            return {}
        members = secondary(row, {"Running": "Training"}.get(phase, phase), now)
        return {**members, "TrainingStartTime": now} if phase == "Running" else members

    async def prepare(self, job: Job) -> Sequence[Work]:
        """Write the configuration and bring the channels."""
        row, (_, region, name) = job.row, job.place
        specification = row["AlgorithmSpecification"]
        image = substitute(job, specification["TrainingImage"])
        await asyncio.to_thread(_lay_out, job.ml, contract(row))
        for channel in row.get("InputDataConfig", []):
            uri = channel["DataSource"]["S3DataSource"]["S3Uri"]
            with downloading("ClientError: Data download failed:"):
                count = await storage.download(
                    job.actor, uri, job.ml / "input" / "data" / channel["ChannelName"]
                )
            if not count:
                raise JobFailed(storage.no_objects(uri, region, row["RoleArn"]))
        entry = tuple(specification.get("ContainerEntrypoint", ()))
        given = tuple(specification.get("ContainerArguments", ()))
        environment = {
            **role_environment(job.cloud, row["RoleArn"], region),
            **row.get("Environment", {}),
            "TRAINING_JOB_NAME": name,
            "TRAINING_JOB_ARN": row["TrainingJobArn"],
        }
        command = (*entry, *given) if entry else (*image.entrypoint, *image.train, *given)
        mounts = (Mount(job.ml, "/opt/ml"),)
        return (Work(job.work_name, image.name, command, environment, mounts, cause=current_cause()),)

    async def accompany(self, job: Job) -> None:
        """Nothing goes on beside it."""

    def reads(self, job: Job) -> Callable[[str], None]:
        """Metrics by regular expression; the last value of each is final."""
        specification = job.row["AlgorithmSpecification"]
        metrics = images.definitions(
            specification["TrainingImage"], specification.get("MetricDefinitions", ())
        )
        final: dict[str, dict[str, Any]] = {}

        def read(line: str) -> None:
            found = images.measured(metrics, line)
            for name, value in found:
                final[name] = {"MetricName": name, "Value": value, "Timestamp": job.kernel.clock.now()}
            if found:
                job.change({"FinalMetricDataList": list(final.values())}, quiet=True)
                watched.note(job, found)

        return read

    async def upload(self, job: Job) -> Mapping[str, Any]:
        """model.tar.gz, output.tar.gz where there is output, and the metrics."""
        row = job.row
        prefix = storage.join(row["OutputDataConfig"]["S3OutputPath"], job.place[2], "output")
        model = storage.join(prefix, "model.tar.gz")
        await storage.put(job.actor, model, await archive.pack(job.ml / "model"))
        output = job.ml / "output" / "data"
        if output.is_dir() and any(output.iterdir()):
            await storage.put(job.actor, storage.join(prefix, "output.tar.gz"), await archive.pack(output))
        data = [
            {"MetricName": m["MetricName"], "Value": m["Value"], "Timestamp": m["Timestamp"],
             "Dimensions": [{"Name": "TrainingJobName", "Value": job.place[2]}]}
            for m in row.get("FinalMetricDataList", [])
        ]  # fmt: skip
        await publish(as_service(job.cloud, *job.place[:2]), "/aws/sagemaker/TrainingJobs", data)
        return {"ModelArtifacts": {"S3ModelArtifacts": model}}

    def ending(self, job: Job, status: str) -> Mapping[str, Any]:
        """Times, and the secondary status that says why."""
        row, now = job.row, job.kernel.clock.now()
        why = "MaxRuntimeExceeded" if status == "Stopped" and row.get("_why") else status
        members = {**secondary(row, why, now), "TrainingEndTime": now}
        if start := row.get("TrainingStartTime"):
            seconds = max(1, round(now - start))
            members |= {"TrainingTimeInSeconds": seconds, "BillableTimeInSeconds": seconds}
        members["SecondaryStatusTransitions"] = list(members.get("SecondaryStatusTransitions", []))
        if members["SecondaryStatusTransitions"]:
            members["SecondaryStatusTransitions"][-1]["EndTime"] = now
        return members


def _lay_out(ml: Path, files: Mapping[str, Any]) -> None:
    for folder in ("input/config", "input/data", "model", "output/data", "checkpoints"):
        (ml / folder).mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (ml / "input" / "config" / name).write_text(json.dumps(content))


@behaviour("sagemaker", "CreateTrainingJob")
async def create_training_job(call: Call) -> Answer:
    """Accept the job and let it live; AWS answers before it starts."""
    params, key = dict(call.params), call.key(call.params["TrainingJobName"])
    check(params)
    assume(call.cloud, params["RoleArn"])
    tags = params.pop("Tags", ())
    now = call.kernel.clock.now()
    params.setdefault("StoppingCondition", {}).setdefault("MaxRuntimeInSeconds", 86400)
    row = resources.insert(call.kernel, TRAINING_JOB, key, {**params, **secondary({}, "Starting", now)}, tags)
    accept(call.kernel, "CreateTrainingJob", params, _ACCEPTED)
    launch(Job(call.cloud, TRAINING_JOB, key), Training())
    return {"TrainingJobArn": row["TrainingJobArn"]}


@behaviour("sagemaker", "StopTrainingJob")
async def stop_training_job(call: Call) -> Answer:
    """Ask the job to end."""
    job = Job(call.cloud, TRAINING_JOB, call.key(call.params["TrainingJobName"]))
    stop(job)
    return {}


resources.describes(TRAINING_JOB)
resources.lists(TRAINING_JOB)
