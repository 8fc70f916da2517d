"""CloudWatch's and CloudWatch Logs' resource types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.aws.cloudformation.calls import Calls
from simulator.aws.cloudformation.handlers.kind import Properties, ResourceKind, Tagging


async def _retention(
    calls: Calls, keys: Mapping[str, Any], old: Properties | None, new: Properties | None
) -> None:
    """RetentionInDays is an operation of its own."""
    days = (new or {}).get("RetentionInDays")
    if new is None or days == (old or {}).get("RetentionInDays"):
        return
    if days is None:
        await calls.call("logs", "DeleteRetentionPolicy", keys)
    else:
        await calls.call("logs", "PutRetentionPolicy", {**keys, "retentionInDays": int(days)})


KINDS = (
    ResourceKind(
        "AWS::CloudWatch::Alarm", "cloudwatch",
        create="PutMetricAlarm", describe="DescribeAlarms", update="PutMetricAlarm", delete="DeleteAlarms",
        name="AlarmName", limit=255, keys={"AlarmName": "AlarmName"}, physical="AlarmName",
        describe_keys={"AlarmNames": "[AlarmName]"}, delete_keys={"AlarmNames": "[AlarmName]"},
        claims="MetricAlarms",
        attributes={"Arn": "arn:aws:cloudwatch:{Region}:{Account}:alarm:{AlarmName}"},
        tagging=Tagging("TagResource", "UntagResource", "ResourceARN", "Arn"),
    ),
    ResourceKind(
        "AWS::Logs::LogGroup", "logs",
        create="CreateLogGroup", delete="DeleteLogGroup",
        name="LogGroupName", limit=512, keys={"logGroupName": "LogGroupName"}, physical="LogGroupName",
        attributes={"Arn": "arn:aws:logs:{Region}:{Account}:log-group:{LogGroupName}:*"},
        settle=_retention, settles=frozenset({"RetentionInDays"}),
        tagging=Tagging("TagLogGroup", "UntagLogGroup", "logGroupName", "logGroupName", keys="tags"),
    ),
)  # fmt: skip
