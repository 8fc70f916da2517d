"""One SageMaker job: what it was asked, how it ended, and its log while it is written."""

from __future__ import annotations

from typing import Any

from simulator.console.aws import Account
from simulator.console.refusals import NotThere
from simulator.console.visit import Page, Visit, optional

Row = dict[str, Any]
_KINDS = {
    "training": ("describe_training_job", "TrainingJob"),
    "processing": ("describe_processing_job", "ProcessingJob"),
    "transform": ("describe_transform_job", "TransformJob"),
}
_LINES = 1000


async def job(visit: Visit) -> Page:
    """The job and the end of its log."""
    kind, name = visit.route["kind"], visit.route["name"]
    if kind not in _KINDS:
        raise NotThere(f"there is no kind of job {kind!r}; there are {', '.join(_KINDS)}")
    operation, stem = _KINDS[kind]
    account = await visit.account(visit.route["account"])
    found = await account.call("sagemaker", operation, **{f"{stem}Name": name})
    found.pop("ResponseMetadata", None)
    status = found[f"{stem}Status"]
    values = {
        "account": account,
        "kind": kind,
        "name": name,
        "arn": found[f"{stem}Arn"],
        "job": found,
        "status": status,
        "began": found.get(f"{stem.removesuffix('Job')}StartTime") or found.get("CreationTime"),
        "ended": found.get(f"{stem.removesuffix('Job')}EndTime"),
        "running": status in ("InProgress", "Stopping"),
        "lines": await log(account, f"/aws/sagemaker/{stem}s", f"{name}/"),
        "most": _LINES,
    }
    return Page("job.html.jinja", values, name)


async def log(account: Account, group: str, prefix: str = "", most: int = _LINES) -> list[Row] | None:
    """The last lines of the streams of a log group; None where there is no such group, or it is not to be seen."""
    named: dict[str, Any] = {"logStreamNamePrefix": prefix} if prefix else {}
    streams = await optional(
        account.listed("logs", "describe_log_streams", "logStreams", logGroupName=group, **named)
    )
    if streams is None:
        return None
    lines: list[Row] = []
    for stream in streams:
        answer = await account.call(
            "logs",
            "get_log_events",
            logGroupName=group,
            logStreamName=stream["logStreamName"],
            startFromHead=False,
            limit=most,
        )
        lines += answer["events"]
    return sorted(lines, key=lambda line: line["timestamp"])[-most:]
