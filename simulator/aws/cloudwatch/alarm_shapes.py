"""An alarm as others see it: the event on the bus, and the notice to a topic."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from simulator.aws.cloudwatch.reasons import stamp

# The names that CloudWatch's notices use for regions; another region is called by its code.
_REGIONS = {
    "us-east-1": "US East (N. Virginia)",
    "us-east-2": "US East (Ohio)",
    "us-west-1": "US West (N. California)",
    "us-west-2": "US West (Oregon)",
    "eu-west-1": "EU (Ireland)",
    "eu-central-1": "EU (Frankfurt)",
}


def state_change_event(
    alarm: Mapping[str, Any], previous: Mapping[str, Any], metric_id: str
) -> dict[str, Any]:
    """The event `CloudWatch Alarm State Change`, as a fact carries it. Source: user guide, "Alarm events"."""
    configuration: dict[str, Any] = {
        "metrics": [
            {
                "id": metric_id,
                "metricStat": {
                    "metric": {
                        "namespace": alarm["Namespace"],
                        "name": alarm["MetricName"],
                        "dimensions": {item["Name"]: item["Value"] for item in alarm["Dimensions"]},
                    },
                    "period": alarm["Period"],
                    "stat": stat_of(alarm),
                },
                "returnData": True,
            }
        ]
    }
    if alarm.get("AlarmDescription"):
        configuration["description"] = alarm["AlarmDescription"]
    return {
        "source": "aws.cloudwatch",
        "detail-type": "CloudWatch Alarm State Change",
        "resources": [alarm["AlarmArn"]],
        "detail": {
            "alarmName": alarm["AlarmName"],
            "configuration": configuration,
            "previousState": _state(previous),
            "state": _state(alarm),
        },
    }


def notice(alarm: Mapping[str, Any], previous: str, account: str, region: str) -> tuple[str, str]:
    """Subject and message of the notice to an SNS topic. Source: recorded notices in public documentation."""
    name = _REGIONS.get(region, region)
    message = {
        "AlarmName": alarm["AlarmName"],
        "AlarmDescription": alarm.get("AlarmDescription"),
        "AWSAccountId": account,
        "AlarmConfigurationUpdatedTimestamp": stamp(alarm["AlarmConfigurationUpdatedTimestamp"]),
        "NewStateValue": alarm["StateValue"],
        "NewStateReason": alarm["StateReason"],
        "StateChangeTime": stamp(alarm["StateUpdatedTimestamp"]),
        "Region": name,
        "AlarmArn": alarm["AlarmArn"],
        "OldStateValue": previous,
        **{key: alarm.get(key, []) for key in ("OKActions", "AlarmActions", "InsufficientDataActions")},
        "Trigger": _trigger(alarm),
    }
    return f'{alarm["StateValue"]}: "{alarm["AlarmName"]}" in {name}'[:100], json.dumps(message)


def stat_of(alarm: Mapping[str, Any]) -> str:
    """The statistic of an alarm, simple or extended."""
    return str(alarm.get("Statistic") or alarm["ExtendedStatistic"])


def _state(alarm: Mapping[str, Any]) -> dict[str, Any]:
    state = {
        "reason": alarm["StateReason"],
        "timestamp": stamp(alarm["StateUpdatedTimestamp"]),
        "value": alarm["StateValue"],
    }
    if alarm.get("StateReasonData"):
        state["reasonData"] = alarm["StateReasonData"]
    return state


def _trigger(alarm: Mapping[str, Any]) -> dict[str, Any]:
    simple = "Statistic" in alarm
    return {
        "MetricName": alarm["MetricName"],
        "Namespace": alarm["Namespace"],
        "StatisticType": "Statistic" if simple else "ExtendedStatistic",
        "Statistic" if simple else "ExtendedStatistic": stat_of(alarm).upper() if simple else stat_of(alarm),
        "Unit": alarm.get("Unit"),
        "Dimensions": [{"value": item["Value"], "name": item["Name"]} for item in alarm["Dimensions"]],
        "Period": alarm["Period"],
        "EvaluationPeriods": alarm["EvaluationPeriods"],
        "DatapointsToAlarm": alarm["DatapointsToAlarm"],
        "ComparisonOperator": alarm["ComparisonOperator"],
        "Threshold": alarm["Threshold"],
        "TreatMissingData": alarm["TreatMissingData"],
        "EvaluateLowSampleCountPercentile": alarm.get("EvaluateLowSampleCountPercentile", ""),
    }
