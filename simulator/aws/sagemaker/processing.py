"""Processing jobs: inputs from S3 under their local paths, the program, outputs back to S3, its exit message.

Source: SageMaker developer guide, "Build your own processing container".
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.sagemaker import resources, storage
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
from simulator.aws.sagemaker.kinds.jobs import PROCESSING_JOB
from simulator.aws.sagemaker.kinds.kind import Row
from simulator.aws.sagemaker.training import no_objects
from simulator.kernel.errors import CallerError, NotSimulated
from simulator.kernel.facts import current_cause
from simulator.runtime.work import Mount, Work

LOCAL = "/opt/ml/processing/"
EXIT_MESSAGE_BYTES = 1024
_ACCEPTED = ("NetworkConfig", "ExperimentConfig")
_CONFIG = (
    "ProcessingJobArn", "ProcessingJobName", "AppSpecification", "Environment", "ProcessingInputs",
    "ProcessingOutputConfig", "ProcessingResources", "RoleArn", "StoppingCondition",
)  # fmt: skip


def contract(row: Row) -> dict[str, Any]:
    """The files of /opt/ml/config: the job as it was asked for, and the hosts."""
    return {
        "processingjobconfig.json": {member: row[member] for member in _CONFIG if member in row},
        "resourceconfig.json": {"current_host": "algo-1", "hosts": ["algo-1"]},
    }


def check(params: Mapping[str, Any]) -> None:
    """Refuse what processing here does not do; raises NotSimulated or CallerError."""
    if params["ProcessingResources"].get("ClusterConfig", {}).get("InstanceCount", 1) != 1:
        raise NotSimulated("processing on more than one instance", "Set InstanceCount to 1.")
    for each in params.get("ProcessingInputs", []):
        refuse("CreateProcessingJob", each, ("DatasetDefinition",))
        source = each.get("S3Input")
        if source is None:
            raise CallerError("ValidationException", f"Input {each['InputName']} must have an S3Input.")
        storage.split(source["S3Uri"])
        _check_path(source.get("LocalPath", ""))
        wanted = {
            "S3InputMode": (source.get("S3InputMode", "File"), "File"),
            "S3DataType": (source.get("S3DataType", "S3Prefix"), "S3Prefix"),
            "S3DataDistributionType": (
                source.get("S3DataDistributionType", "FullyReplicated"),
                "FullyReplicated",
            ),
            "S3CompressionType": (source.get("S3CompressionType") or "None", "None"),
        }
        for what, (given, known) in wanted.items():
            if given != known:
                raise NotSimulated(f"{what} {given} of input {each['InputName']}", f"Use {known}.")
    for each in params.get("ProcessingOutputConfig", {}).get("Outputs", []):
        refuse("CreateProcessingJob", each, ("FeatureStoreOutput",))
        if "S3Output" not in each:
            raise CallerError("ValidationException", f"Output {each['OutputName']} must have an S3Output.")
        storage.split(each["S3Output"]["S3Uri"])
        _check_path(each["S3Output"].get("LocalPath", ""))


def _check_path(path: str) -> None:
    if not f"{path}/".startswith(LOCAL) or ".." in path.split("/"):
        text = f"LocalPath {path} is not valid: it must start with {LOCAL}"
        raise CallerError("ValidationException", text)


class Processing:
    """The life of a processing job."""

    kind = PROCESSING_JOB
    log_group = "/aws/sagemaker/ProcessingJobs"
    failure_file = "message"

    def entering(self, job: Job, phase: str) -> Mapping[str, Any]:
        """The start time, when the container starts."""
        return {"ProcessingStartTime": job.kernel.clock.now()} if phase == "Running" else {}

    async def prepare(self, job: Job) -> Work:
        """Write the configuration and bring the inputs."""
        row, (_, region, _) = job.row, job.place
        specification = row["AppSpecification"]
        image = substitute(job, specification["ImageUri"])
        await asyncio.to_thread(_lay_out, job.ml, contract(row), [*_local_paths(row)])
        for each in row.get("ProcessingInputs", []):
            source = each["S3Input"]
            with downloading("ClientError: Failed to download data. "):
                count = await storage.download(
                    job.actor, source["S3Uri"], _below(job.ml, source["LocalPath"])
                )
            if not count:
                raise JobFailed(no_objects(source["S3Uri"], region, row["RoleArn"]))
        entry = tuple(specification.get("ContainerEntrypoint", ()))
        given = tuple(specification.get("ContainerArguments", ()))
        command = (*(entry or image.entrypoint), *given)
        environment = {**role_environment(job.cloud, row["RoleArn"], region), **row.get("Environment", {})}
        environment["PROCESSING_JOB_NAME"] = row["ProcessingJobName"]
        mounts = (Mount(job.ml, "/opt/ml"),)
        return Work(job.work_name, image.name, command, environment, mounts, cause=current_cause())

    def reads(self, job: Job) -> Callable[[str], None]:
        """Lines of a processing job carry no metrics."""
        return lambda line: None

    async def upload(self, job: Job) -> Mapping[str, Any]:
        """Each output directory to its prefix, and the exit message."""
        message = await asyncio.to_thread(exit_message, job.ml / "output" / "message")
        for each in job.row.get("ProcessingOutputConfig", {}).get("Outputs", []):
            target = each["S3Output"]
            await storage.upload(job.actor, _below(job.ml, target["LocalPath"]), target["S3Uri"])
        if "_metrics" in job.row:
            metrics = await asyncio.to_thread(metric_lines, job.ml / "output" / "metrics" / "cloudwatch")
            return {**message, "_metrics": metrics}
        return message

    def ending(self, job: Job, status: str) -> Mapping[str, Any]:
        """The end time."""
        return {"ProcessingEndTime": job.kernel.clock.now()}


def exit_message(file: Path) -> dict[str, str]:
    """ExitMessage of a job that left /opt/ml/output/message; raises JobFailed when it is not UTF-8."""
    if not file.is_file():
        return {}
    try:
        text = file.read_bytes()[:EXIT_MESSAGE_BYTES].decode()
    except UnicodeDecodeError as error:
        raise JobFailed("ClientError: The exit message is not valid UTF-8.") from error
    return {"ExitMessage": text} if text else {}


def metric_lines(file: Path) -> list[Any]:
    """What a monitoring container left for CloudWatch: one JSON document a line, in one file or several."""
    files = sorted(file.iterdir()) if file.is_dir() else [file] if file.is_file() else []
    return [json.loads(line) for each in files for line in each.read_text().splitlines() if line.strip()]


def _below(ml: Path, path: str) -> Path:
    return ml / path.removeprefix("/opt/ml/")


def _local_paths(row: Row) -> list[str]:
    """Where outputs are looked for: those directories exist before the program starts."""
    return [
        each["S3Output"]["LocalPath"] for each in row.get("ProcessingOutputConfig", {}).get("Outputs", [])
    ]


def _lay_out(ml: Path, files: Mapping[str, Any], directories: list[str]) -> None:
    for folder in ("config", "processing", "output/metrics"):
        (ml / folder).mkdir(parents=True, exist_ok=True)
    for path in directories:
        _below(ml, path).mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (ml / "config" / name).write_text(json.dumps(content))


def create(call: Call, params: Mapping[str, Any], *, notes: Mapping[str, Any] | None = None) -> Row:
    """Make a processing job here and let it live; `notes` are our own members of the row."""
    members = dict(params)
    check(members)
    assume(call.cloud, members["RoleArn"])
    key, tags = call.key(members["ProcessingJobName"]), members.pop("Tags", ())
    members.setdefault("StoppingCondition", {}).setdefault("MaxRuntimeInSeconds", 86400)
    row = resources.insert(call.kernel, PROCESSING_JOB, key, {**members, **(notes or {})}, tags)
    accept(call.kernel, "CreateProcessingJob", members, _ACCEPTED)
    launch(Job(call.cloud, PROCESSING_JOB, key), Processing())
    return row


@behaviour("sagemaker", "CreateProcessingJob")
async def create_processing_job(call: Call) -> Answer:
    """Accept the job and let it live; AWS answers before it starts."""
    return {"ProcessingJobArn": create(call, call.params)["ProcessingJobArn"]}


@behaviour("sagemaker", "StopProcessingJob")
async def stop_processing_job(call: Call) -> Answer:
    """Ask the job to end."""
    stop(Job(call.cloud, PROCESSING_JOB, call.key(call.params["ProcessingJobName"])))
    return {}


resources.describes(PROCESSING_JOB)
resources.lists(PROCESSING_JOB)
