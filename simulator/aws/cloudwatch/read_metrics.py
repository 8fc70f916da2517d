"""GetMetricStatistics, GetMetricData and ListMetrics: what was put, read again."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.cloudwatch.metric_rows import METRIC, metric_key, samples
from simulator.aws.cloudwatch.paging import page
from simulator.aws.cloudwatch.put_metric_data import epoch
from simulator.aws.cloudwatch.samples import STATISTICS, Sample, is_extended, joined, statistic
from simulator.kernel.errors import CallerError, NotSimulated

_MOST_DATAPOINTS = 1440
_RECENT_SECONDS = 3 * 3600


@behaviour("cloudwatch", "GetMetricStatistics")
async def get_metric_statistics(call: Call) -> Answer:
    """The statistics asked for of each period that has data."""
    params = call.params
    wanted = [*params.get("Statistics", []), *params.get("ExtendedStatistics", [])]
    if not wanted:
        text = "Must specify either Statistics or ExtendedStatistics"
        raise CallerError("InvalidParameterCombination", text, 400)
    start, end, period = epoch(params["StartTime"]), epoch(params["EndTime"]), params["Period"]
    _check_range(start, end, period)
    if (end - start) / period > _MOST_DATAPOINTS:
        text = (
            f"You have requested up to {math.ceil((end - start) / period)} datapoints, which exceeds the limit of "
            f"{_MOST_DATAPOINTS}. You may reduce the datapoints requested by increasing Period, or decreasing the "
            "time range."
        )
        raise CallerError("InvalidParameterCombination", text, 400)
    unit = params.get("Unit", "")
    found = _periods(call, params, start, end, period, unit)
    points = [_datapoint(moment, sample, wanted, unit) for moment, sample in found.items()]
    return {"Label": params["MetricName"], "Datapoints": points}


@behaviour("cloudwatch", "GetMetricData")
async def get_metric_data(call: Call) -> Answer:
    """One result for each query; expressions are refused by name."""
    start, end = epoch(call.params["StartTime"]), epoch(call.params["EndTime"])
    descending = call.params.get("ScanBy", "TimestampDescending") == "TimestampDescending"
    results = []
    for query in call.params["MetricDataQueries"]:
        if "MetricStat" not in query:
            text = query.get("Expression", "")
            raise NotSimulated(
                f"cloudwatch:GetMetricData expression {text!r}", "Ask for the metrics by MetricStat."
            )
        if query.get("ReturnData", True):
            results.append(_result(call, query, start, end, descending))
    return {"MetricDataResults": results, "Messages": []}


@behaviour("cloudwatch", "ListMetrics")
async def list_metrics(call: Call) -> Answer:
    """The metrics that have data and match all that is given."""
    found = [row for _, row in call.kernel.store.scan(METRIC, call.key("")) if _matches(call, row)]
    found.sort(key=lambda row: (row["Namespace"], row["MetricName"], str(row["Dimensions"])))
    shown = [{name: row[name] for name in ("Namespace", "MetricName", "Dimensions")} for row in found]
    return page("Metrics", shown, call.params.get("NextToken"), 500)


def _result(call: Call, query: Mapping[str, Any], start: float, end: float, descending: bool) -> Answer:
    asked, metric = query["MetricStat"], query["MetricStat"]["Metric"]
    _check_range(start, end, asked["Period"])
    _check_statistic(asked["Stat"])
    found = _periods(call, metric, start, end, asked["Period"], asked.get("Unit", ""))
    values = [(moment, statistic(sample, asked["Stat"])) for moment, sample in found.items()]
    points = sorted(((m, v) for m, v in values if v is not None), reverse=descending)
    return {
        "Id": query["Id"],
        "Label": query.get("Label", metric["MetricName"]),
        "Timestamps": [moment for moment, _ in points],
        "Values": [value for _, value in points],
        "StatusCode": "Complete",
    }


def _periods(
    call: Call, metric: Mapping[str, Any], start: float, end: float, period: int, unit: str
) -> dict[float, Sample]:
    """The samples of each period, which are aligned to the epoch."""
    key = metric_key(
        call.account, call.region, metric["Namespace"], metric["MetricName"], metric.get("Dimensions", [])
    )
    first = math.floor(start / period) * period
    grouped: dict[float, list[Sample]] = {}
    for moment, sample in samples(call.kernel.store, key, first, end, unit).items():
        grouped.setdefault(math.floor(moment / period) * period, []).append(sample)
    whole = ((moment, joined(group)) for moment, group in sorted(grouped.items()))
    return {moment: sample for moment, sample in whole if sample is not None}


def _datapoint(moment: float, sample: Sample, wanted: list[str], unit: str) -> Answer:
    point: Answer = {"Timestamp": moment, "Unit": unit or "None"}
    for name in wanted:
        _check_statistic(name)
        value = statistic(sample, name)
        if value is None:
            continue
        if name in STATISTICS:
            point[name] = value
        else:
            point.setdefault("ExtendedStatistics", {})[name] = value
    return point


def _check_statistic(name: str) -> None:
    if name not in STATISTICS and not is_extended(name):
        text = f"The value {name} for parameter ExtendedStatistics is not supported."
        raise CallerError("InvalidParameterValue", text, 400)


def _check_range(start: float, end: float, period: int) -> None:
    if start >= end:
        text = "The parameter StartTime must be less than the parameter EndTime."
        raise CallerError("InvalidParameterValue", text, 400)
    if period not in (1, 5, 10, 20, 30) and period % 60:
        text = "The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60."
        raise CallerError("InvalidParameterValue", text, 400)


def _matches(call: Call, row: Mapping[str, Any]) -> bool:
    params = call.params
    if any(name in params and params[name] != row[name] for name in ("Namespace", "MetricName")):
        return False
    if "RecentlyActive" in params and row["newest"] < call.kernel.clock.now() - _RECENT_SECONDS:
        return False
    have = {item["Name"]: item["Value"] for item in row["Dimensions"]}
    asked = params.get("Dimensions", [])
    return all(item["Name"] in have and item.get("Value") in (None, have[item["Name"]]) for item in asked)
