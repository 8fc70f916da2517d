"""The settings of an alarm from PutMetricAlarm's parameters, with CloudWatch's checks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from simulator.aws.cloudwatch.evaluation import OPERATORS, TREATMENTS
from simulator.aws.cloudwatch.samples import is_extended
from simulator.kernel.errors import CallerError, NotSimulated

_ACTIONS = ("OKActions", "AlarmActions", "InsufficientDataActions")
_KEPT = (
    *(
        "AlarmName",
        "AlarmDescription",
        "MetricName",
        "Namespace",
        "Statistic",
        "ExtendedStatistic",
        "Period",
        "Unit",
    ),
    *("EvaluationPeriods", "Threshold", "ComparisonOperator", "EvaluateLowSampleCountPercentile"),
)
_UNSIMULATED = ("ThresholdMetricId", "EvaluationCriteria", "WarmUpConfiguration", "EvaluationWindow")
_TOPIC = re.compile(r"arn:aws[\w-]*:sns:[\w-]+:\d{12}:[\w.-]+")
_ONE_DAY, _ONE_WEEK = 86400, 7 * 86400


def settings(params: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of an alarm, defaults filled in.

    Raises ValidationError as CloudWatch does, NotSimulated for metric math, anomaly bands and actions other than SNS.
    """
    for name in _UNSIMULATED:
        if name in params:
            raise NotSimulated(f"cloudwatch:PutMetricAlarm {name}", "Use a metric, a threshold and periods.")
    given = {**params, **_single_metric(params)}
    for name in ("MetricName", "Namespace", "Period", "EvaluationPeriods", "ComparisonOperator", "Threshold"):
        if name not in given:
            raise invalid(f"The parameter {name} is required for an alarm on a metric.")
    _check(given)
    for name in _ACTIONS:
        for action in given.get(name, []):
            _check_action(action)
    return {
        **{name: given[name] for name in _KEPT if name in given},
        "Dimensions": given.get("Dimensions", []),
        "DatapointsToAlarm": given.get("DatapointsToAlarm", given["EvaluationPeriods"]),
        "TreatMissingData": given.get("TreatMissingData", "missing"),
        "ActionsEnabled": given.get("ActionsEnabled", True),
        **{name: given.get(name, []) for name in _ACTIONS},
        "shown_datapoints": "DatapointsToAlarm" in given,
        "shown_missing": "TreatMissingData" in given,
    }


def invalid(text: str) -> CallerError:
    """CloudWatch's ValidationError."""
    return CallerError("ValidationError", text, 400)


def _single_metric(params: Mapping[str, Any]) -> dict[str, Any]:
    """`Metrics` with one metric and no expression is the same as naming the metric itself."""
    queries = params.get("Metrics")
    if not queries:
        return {}
    if len(queries) > 1 or "MetricStat" not in queries[0]:
        texts = [query["Expression"] for query in queries if "Expression" in query]
        raise NotSimulated(f"cloudwatch:PutMetricAlarm metric math {texts}", "Use a single metric.")
    stat = queries[0]["MetricStat"]
    kind = "ExtendedStatistic" if is_extended(stat["Stat"]) else "Statistic"
    metric = {name: stat["Metric"][name] for name in ("Namespace", "MetricName") if name in stat["Metric"]}
    found = {
        **metric,
        "Dimensions": stat["Metric"].get("Dimensions", []),
        "Period": stat["Period"],
        kind: stat["Stat"],
    }
    return found | ({"Unit": stat["Unit"]} if "Unit" in stat else {})


def _check(given: Mapping[str, Any]) -> None:
    if given["ComparisonOperator"] not in OPERATORS:
        raise NotSimulated(
            f"cloudwatch alarm with {given['ComparisonOperator']}", "Anomaly bands are not simulated."
        )
    if ("Statistic" in given) == ("ExtendedStatistic" in given):
        raise invalid("Exactly one of the parameters Statistic and ExtendedStatistic must be specified.")
    extended = given.get("ExtendedStatistic")
    if extended and not is_extended(extended):
        raise invalid(f"The value {extended} for parameter ExtendedStatistic is not supported.")
    period = given["Period"]
    if period not in (10, 20, 30) and period % 60:
        raise invalid("Period must be 10, 20, 30 or a multiple of 60")
    longest = _ONE_DAY if period < 3600 else _ONE_WEEK
    if period * given["EvaluationPeriods"] > longest:
        raise invalid(
            "Metrics cannot be checked across more than "
            f"{'a day' if longest == _ONE_DAY else 'seven days'} (EvaluationPeriods * Period must be <= {longest})."
        )
    if given.get("DatapointsToAlarm", 1) > given["EvaluationPeriods"]:
        raise invalid("DatapointsToAlarm must be less than or equal to EvaluationPeriods.")
    treatment = given.get("TreatMissingData", "missing")
    if treatment not in TREATMENTS:
        raise invalid(
            f"Option {treatment} is not supported. Supported options for parameter TreatMissingData are "
            f"[{', '.join(TREATMENTS)}]."
        )


def _check_action(action: str) -> None:
    if not action.startswith("arn:"):
        raise invalid(f"Invalid arn syntax: {action}")
    if not _TOPIC.fullmatch(action):
        raise NotSimulated(f"CloudWatch alarm action {action}", "Actions that are: SNS topics.")
