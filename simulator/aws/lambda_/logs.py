"""The log of a function: lines and numbers go to CloudWatch when an invocation has ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from simulator.aws.behaviour import Cloud
from simulator.aws.lambda_.acting import Actor, as_lambda, as_role
from simulator.aws.lambda_.rows import Resolved
from simulator.kernel.errors import CallerError, NotSimulated

_EXISTS = "ResourceAlreadyExistsException"


async def write(cloud: Cloud, found: Resolved, stream: str, lines: Sequence[str]) -> None:
    """Append to the function's log as its role; without the right the lines are lost, as on AWS, with a fact."""
    group = str(found.config["LoggingConfig"]["LogGroup"])
    actor = as_role(cloud, found.config["Role"], found.asked)
    moment = int(cloud.kernel.clock.now() * 1000)
    events = [{"timestamp": moment, "message": line or " "} for line in lines]
    put = {"logGroupName": group, "logStreamName": stream, "logEvents": events}
    try:
        try:
            await actor.call("logs", "PutLogEvents", put)
        except CallerError as error:
            if error.code != "ResourceNotFoundException":
                raise
            await _create(actor, group, stream)
            await actor.call("logs", "PutLogEvents", put)
    except (CallerError, NotSimulated) as error:
        detail: dict[str, object] = {"error": str(error), "lines": len(lines)}
        cloud.kernel.log.record(
            "LogsNotDelivered", f"{group}/{stream}", detail, account=actor.account, region=actor.region
        )


async def _create(actor: Actor, group: str, stream: str) -> None:
    for operation, params in (
        ("CreateLogGroup", {"logGroupName": group}),
        ("CreateLogStream", {"logGroupName": group, "logStreamName": stream}),
    ):
        try:
            await actor.call("logs", operation, params)
        except CallerError as error:
            if error.code != _EXISTS:
                raise


async def measure(cloud: Cloud, found: Resolved, values: Mapping[str, tuple[float, str]]) -> None:
    """Metrics by function, and by alias or version where one was asked for.

    Source: developer guide, "Types of metrics for Lambda functions": dimensions FunctionName and Resource.
    """
    name = found.asked.name
    dimensions = [[{"Name": "FunctionName", "Value": name}]]
    if found.asked.qualifier:
        resource = {"Name": "Resource", "Value": f"{name}:{found.asked.qualifier}"}
        dimensions.append([*dimensions[0], resource])
    moment = cloud.kernel.clock.now()
    data: list[dict[str, Any]] = [
        {"MetricName": metric, "Dimensions": each, "Value": value, "Unit": unit, "Timestamp": moment}
        for each in dimensions
        for metric, (value, unit) in values.items()
    ]
    actor = as_lambda(cloud, found.asked)
    await actor.call("cloudwatch", "PutMetricData", {"Namespace": "AWS/Lambda", "MetricData": data})
