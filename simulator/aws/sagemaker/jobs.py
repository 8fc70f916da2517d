"""The life that training and processing jobs share: download, run, upload, end; picked up again after a restart.

A job has one work a host. The first host that fails fails the job, and the others are stopped.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from simulator.aws.behaviour import Cloud
from simulator.aws.sagemaker import images
from simulator.aws.sagemaker.acting import SERVICE
from simulator.aws.sagemaker.job import FIRST_HOST, Job, JobFailed, Life
from simulator.aws.sagemaker.job_hosts import follow, halt
from simulator.aws.sagemaker.running import spawn
from simulator.kernel.errors import CallerError, NotSimulated
from simulator.kernel.facts import cause
from simulator.kernel.world import Kernel
from simulator.runtime.images import Image, Images, ImageUnavailable

__all__ = [
    "Job", "JobFailed", "Life", "accept", "access_text", "assume", "downloading", "failure_reason", "launch", "refuse",
    "role_environment", "run", "stop", "substitute",
]  # fmt: skip


def launch(job: Job, life: Life) -> None:
    """Let the job live in a task of its own, caused by the fact of its creation."""
    with cause(job.row.get("_fact")):
        spawn(job.kernel, job.work_name, run(job, life))


async def run(job: Job, life: Life) -> None:
    """From where the row says that the job stands to its end."""
    try:
        status, members = await _live(job, life)
    except JobFailed as failure:
        status, members = "Failed", {"FailureReason": str(failure)[:1024]}
    except Exception:
        text = "InternalServerError: We encountered an internal error. Please try again."
        _end(job, life, "Failed", {"FailureReason": text})
        await _clear(job)  # what has ended for clients runs no more
        raise
    _end(job, life, status, members)
    await _clear(job)


async def _clear(job: Job) -> None:
    """Remove every work of the job, and its files."""
    for name in await job.cloud.engine.known():
        if name == job.work_name or name.startswith(f"{job.work_name}/"):
            await job.cloud.engine.remove(name)
    await asyncio.to_thread(shutil.rmtree, job.directory, ignore_errors=True)


def _end(job: Job, life: Life, status: str, members: Mapping[str, Any]) -> None:
    ending = life.ending(job, status, str(members.get("FailureReason", "")))
    job.change({**members, **ending, job.kind.status_member: status, "_phase": "Ended"})


async def _live(job: Job, life: Life) -> tuple[str, Mapping[str, Any]]:
    if job.row.get("_phase") == "Running":
        known = await job.cloud.engine.known()
        if not all(job.work_of(host) in known for host in job.hosts):
            job.change({"_phase": "Starting", "_lines": {}}, quiet=True)
    if job.row.get("_phase", "Starting") in ("Starting", "Downloading"):
        await _begin(job, life)
    if job.row["_phase"] == "Running":
        host, ended = await follow(job, life)
        exited = {"code": ended.code, "reason": ended.reason, "host": host}
        job.change({"_exit": exited, "_phase": "Ran"}, quiet=True)
    return await _conclude(job, life)


async def _begin(job: Job, life: Life) -> None:
    await _clear(job)
    _enter(job, life, "Downloading", {"_phase": "Downloading"})
    works = await life.prepare(job)
    if job.row[job.kind.status_member] == "Stopping":
        job.change({"_exit": {"code": 143, "reason": ""}, "_phase": "Ran"}, quiet=True)
        return
    try:
        for work in works:
            await job.cloud.engine.start(work)
    except (NotSimulated, ImageUnavailable) as refused:
        job.kernel.log.record("WorkRefused", job.work_name, {"error": str(refused)})
        raise JobFailed(f"InternalServerError: {refused}") from refused
    started = {"_phase": "Running", "_started": job.kernel.clock.wall()}
    hosts = {"_hosts": [work.hostname for work in works], "_since": int(job.kernel.clock.now())}
    _enter(job, life, "Running", {**started, **hosts})


def _enter(job: Job, life: Life, phase: str, notes: Mapping[str, Any]) -> None:
    """A phase begins; it is a fact where clients can see it."""
    seen = life.entering(job, phase)
    job.change({**seen, **notes}, quiet=not seen)


async def _conclude(job: Job, life: Life) -> tuple[str, Mapping[str, Any]]:
    row = job.row
    stopped = row[job.kind.status_member] == "Stopping" or row.get("_why") == "MaxRuntimeExceeded"
    code = int(row["_exit"]["code"])
    if code != 0 and not stopped:
        file = job.ml_of(row["_exit"].get("host", FIRST_HOST)) / "output" / life.failure_file
        raise JobFailed(await asyncio.to_thread(failure_reason, file, code, row["_exit"]["reason"]))
    _enter(job, life, "Uploading", {})
    try:
        members = await life.upload(job)
    except CallerError as error:
        raise JobFailed(f"ClientError: Failed to upload data. {access_text(error)}") from error
    stopping = job.row[job.kind.status_member] == "Stopping"
    return ("Stopped" if stopped or stopping else "Completed"), members


def failure_reason(file: Path, code: int, reason: str = "") -> str:
    """AWS's text for a program that ended with `code`: the start of its failure file, if it left one."""
    text = "See job logs for more information"
    if file.is_file() and not file.is_symlink():
        text = file.read_text(errors="replace")[:1024].strip() or text
    elif reason:
        text = f"{text} ({reason})"
    suffix = f", exit code: {code}"
    return f"AlgorithmError: {text[: 1024 - len(suffix) - len('AlgorithmError: ')]}{suffix}"


def access_text(error: CallerError) -> str:
    """How a job words an error of S3: `AccessDenied (403): Access Denied`."""
    return f"{error.code} ({error.status}): {error.message}"


@contextlib.contextmanager
def downloading(prefix: str) -> Iterator[None]:
    """What S3 refuses inside is the job's failure, in AWS's words."""
    try:
        yield
    except CallerError as error:
        raise JobFailed(f"{prefix}{access_text(error)}") from error


def substitute(job: Job, uri: str) -> Image:
    """The reference image of an image URI, with a fact for the ledger; raises JobFailed where there is none."""
    account, region, _ = job.place
    image = images.resolve(uri, job.cloud.topology.images)
    if image is None:
        text = images.missing(uri)
        job.kernel.log.record("ImageUnknown", uri, {"error": text}, account=account, region=region)
        raise JobFailed(f"ClientError: Requested image {uri} not found. ({text})")
    try:
        described = Images().describe(image.name)
    except NotSimulated as refused:
        raise JobFailed(f"InternalServerError: {refused}") from refused
    detail: dict[str, object] = {"uri": uri, "image": image.name, "for": job.work_name}
    job.kernel.log.record("ImageSubstituted", uri, detail, account=account, region=region)
    return replace(described, environment={**described.environment, **image.environment})


def role_environment(cloud: Cloud, role_arn: str, region: str, session: str = "SageMaker") -> dict[str, str]:
    """Variables by which a program in a work is the execution role; the engine adds where AWS is."""
    credentials = cloud.session(role_arn, session, SERVICE)
    return {
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
        "AWS_SESSION_TOKEN": credentials["SessionToken"],
    }


def assume(cloud: Cloud, role_arn: str) -> None:
    """Refuse, in AWS's words, a role that SageMaker cannot assume."""
    cloud.session(role_arn, "SageMaker", SERVICE)


def accept(job_kernel: Kernel, operation: str, params: Mapping[str, Any], members: tuple[str, ...]) -> None:
    """Note for the ledger the members that are stored and returned but have no effect here."""
    for member in members:
        if params.get(member):
            job_kernel.log.record("AcceptedNotSimulated", f"{operation}.{member}", {})


def refuse(operation: str, params: Mapping[str, Any], members: tuple[str, ...]) -> None:
    """Refuse by name members whose effect we do not have."""
    for member in members:
        if params.get(member):
            raise NotSimulated(
                f"{member} of sagemaker:{operation}", "Leave it out, or add it to simulator/aws/sagemaker."
            )


def stop(job: Job, also: Mapping[str, Any] | None = None) -> None:
    """StopTrainingJob and its kin: SIGTERM, 120 s grace, SIGKILL; a job that has ended is refused.

    `also` are members that are set with the status.
    """
    row = job.row
    status = row[job.kind.status_member]
    if status == "Stopping":
        return
    if status != "InProgress":
        what = job.kind.arn.replace("-", " ")
        raise CallerError(
            "ValidationException", f"The request was rejected because the {what} is in status {status}."
        )
    job.change({**(also or {}), job.kind.status_member: "Stopping"})
    if row.get("_phase") == "Running":
        halt(job)
