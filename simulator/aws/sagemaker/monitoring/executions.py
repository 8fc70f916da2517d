"""Executions of a schedule: data found, a processing job run over it, metrics published, the verdict kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from simulator.aws.behaviour import Call, Cloud
from simulator.aws.sagemaker import resources, storage
from simulator.aws.sagemaker.acting import as_role, as_service
from simulator.aws.sagemaker.jobs import access_text
from simulator.aws.sagemaker.kinds.jobs import PROCESSING_JOB
from simulator.aws.sagemaker.kinds.kind import Row
from simulator.aws.sagemaker.kinds.monitoring import (
    DATA_QUALITY_JOB_DEFINITION,
    MONITORING_EXECUTION,
    MONITORING_SCHEDULE,
)
from simulator.aws.sagemaker.kinds.serving import ENDPOINT
from simulator.aws.sagemaker.metrics import publish
from simulator.aws.sagemaker.monitoring.monitor import (
    Monitor,
    hours,
    job_request,
    metric_data,
    of_definition,
    of_inline,
    window,
)
from simulator.aws.sagemaker.processing import operations as processing
from simulator.aws.sagemaker.resources import place
from simulator.aws.sagemaker.running import at_rest, spawn
from simulator.kernel.errors import CallerError, NotSimulated
from simulator.kernel.facts import cause

NO_DATA = "Job inputs had no data"


class Failure(Exception):
    """The execution cannot go on; the text is its FailureReason."""


def monitor_of(cloud: Cloud, schedule_key: str, config: Mapping[str, Any]) -> Monitor:
    """The monitor that a schedule's configuration names or holds; raises AWS's error where it is not there."""
    if inline := config.get("MonitoringJobDefinition"):
        return of_inline(inline)
    account, region, _ = place(schedule_key)
    key = f"{account}/{region}/{config['MonitoringJobDefinitionName']}"
    return of_definition(resources.fetch(cloud.kernel, DATA_QUALITY_JOB_DEFINITION, key))


def begin(cloud: Cloud, schedule_key: str, scheduled: float, span: tuple[float, float] | None = None) -> None:
    """Enter an execution and let it live; an execution that is there already is left alone."""
    kernel = cloud.kernel
    schedule = kernel.store.get(MONITORING_SCHEDULE.row, schedule_key)
    key = f"{schedule_key}/{int(scheduled)}"
    if schedule is None or kernel.store.get(MONITORING_EXECUTION.row, key):
        return
    shared = ("MonitoringScheduleName", "EndpointName", "MonitoringJobDefinitionName", "MonitoringType")
    members = {member: schedule[member] for member in shared if schedule.get(member)}
    members |= {"ScheduledTime": scheduled, "_config": schedule["MonitoringScheduleConfig"], "_span": span}
    resources.insert(kernel, MONITORING_EXECUTION, key, members)
    launch(cloud, key)


def launch(cloud: Cloud, key: str) -> None:
    """Let an execution live in a task of its own, caused by the fact of its beginning."""
    row = resources.fetch(cloud.kernel, MONITORING_EXECUTION, key)
    with cause(row.get("_fact")):
        spawn(cloud.kernel, f"monitoring execution {key}", run(cloud, key))


async def run(cloud: Cloud, key: str) -> None:
    """From where the row says that the execution stands to its end."""
    try:
        status, members = await _live(cloud, key)
    except Failure as failure:
        status, members = "Failed", {"FailureReason": str(failure)[:1024]}
    except Exception:
        text = "InternalServerError: We encountered an internal error. Please try again."
        _change(cloud, key, {"MonitoringExecutionStatus": "Failed", "FailureReason": text})
        raise
    _change(cloud, key, {**members, "MonitoringExecutionStatus": status})


def _change(cloud: Cloud, key: str, members: Mapping[str, Any]) -> Row:
    return resources.change(cloud.kernel, MONITORING_EXECUTION, key, members)


async def _live(cloud: Cloud, key: str) -> tuple[str, Mapping[str, Any]]:
    row = resources.fetch(cloud.kernel, MONITORING_EXECUTION, key)
    schedule_key = key.rsplit("/", 1)[0]
    account, region, name = place(schedule_key)
    try:
        monitor = monitor_of(cloud, schedule_key, row["_config"])
    except CallerError as error:
        raise Failure(f"ClientError: {error.message}") from error
    if "ProcessingJobArn" not in row:
        row = await _start(cloud, key, monitor, name)
    job_key = f"{account}/{region}/{row['ProcessingJobArn'].rsplit('/', 1)[-1]}"
    job = await at_rest(cloud.kernel, PROCESSING_JOB, job_key)
    data = metric_data(job.get("_metrics", []))
    await publish(as_service(cloud, account, region), monitor.namespace, data)
    status = job["ProcessingJobStatus"]
    if status == "Completed":
        violated = str(job.get("ExitMessage", "")).startswith("CompletedWithViolations")
        return ("CompletedWithViolations" if violated else "Completed"), {}
    if status == "Stopped":
        return "Stopped", {}
    raise Failure(str(job.get("FailureReason", "")))


async def _start(cloud: Cloud, key: str, monitor: Monitor, schedule: str) -> Row:
    """Find the data, make the job; raises Failure."""
    account, region, _ = place(key)
    row = resources.fetch(cloud.kernel, MONITORING_EXECUTION, key)
    scheduled = row["ScheduledTime"]
    expression = row["_config"]["ScheduleConfig"]["ScheduleExpression"]
    span = tuple(row["_span"]) if row.get("_span") else window(expression, scheduled, monitor.offsets)
    data = await _data(cloud, key, monitor, span)
    if not data:
        raise Failure(NO_DATA)
    stamp = f"{datetime.fromtimestamp(scheduled, UTC):%Y%m%d%H%M}"
    name = f"model-monitoring-{stamp}-{cloud.kernel.ids.hex(24)}"
    request = job_request(monitor, schedule, scheduled, span, data, name)
    call = Call("sagemaker", "CreateProcessingJob", request, _service(cloud, account), account, region, cloud)
    schedule_arn = resources.arn_of(MONITORING_SCHEDULE, key.rsplit("/", 1)[0])
    try:
        with cloud.kernel.store.transaction():
            notes = {"_metrics": [], "MonitoringScheduleArn": schedule_arn}
            job = processing.create(call, request, notes=notes)
            members = {"MonitoringExecutionStatus": "InProgress", "ProcessingJobArn": job["ProcessingJobArn"]}
            return _change(cloud, key, members)
    except CallerError as error:
        raise Failure(f"ClientError: {error.message}") from error
    except NotSimulated as error:
        raise Failure(f"InternalServerError: {error}") from error


def _service(cloud: Cloud, account: str) -> Any:
    return as_service(cloud, account, "").principal


async def _data(cloud: Cloud, key: str, monitor: Monitor, span: tuple[float, float]) -> dict[str, str]:
    """Local folder -> S3 prefix of every hour of the window that has objects, looked at as the monitor's role."""
    actor, found = as_role(cloud, monitor.role, place(key)[1]), {}
    for prefix, folder in _sources(cloud, key, monitor):
        for hour in hours(*span):
            uri = storage.join(prefix, hour)
            try:
                keys = await storage.list_keys(actor, f"{uri}/")
            except CallerError as error:
                text = f"ClientError: Failed to download data from {uri}. {access_text(error)}"
                raise Failure(text) from error
            if keys:
                found[f"{folder}/{hour}" if folder else hour] = uri
    return found


def _sources(cloud: Cloud, key: str, monitor: Monitor) -> list[tuple[str, str]]:
    """Where captured data lies, as (prefix, folder below the local path)."""
    if not monitor.endpoint:
        return [(monitor.captured, "")]
    account, region, _ = place(key)
    endpoint = cloud.kernel.store.get(ENDPOINT.row, f"{account}/{region}/{monitor.endpoint}")
    if endpoint is None:
        raise Failure(f'ClientError: Could not find endpoint "{monitor.endpoint}".')
    capture = endpoint.get("DataCaptureConfig")
    if not capture:
        raise Failure(f"ClientError: Data capture is not enabled for endpoint {monitor.endpoint}.")
    names = [variant["VariantName"] for variant in endpoint["ProductionVariants"]]
    destination = capture["DestinationS3Uri"]
    return [(storage.join(destination, monitor.endpoint, n), f"{monitor.endpoint}/{n}") for n in names]
