"""The service sagemaker-metrics: BatchPutMetrics of a run, BatchGetMetrics for charts.

Source: botocore's model of sagemaker-metrics.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.sagemaker import resources
from simulator.aws.sagemaker.experiments import series
from simulator.aws.sagemaker.experiments.naming import key_in
from simulator.aws.sagemaker.kinds.experiments import TRIAL_COMPONENT

_PERIODS = {"OneMinute": 60, "FiveMinute": 300, "OneHour": 3600}


@behaviour("sagemaker-metrics", "BatchPutMetrics")
async def batch_put_metrics(call: Call) -> Answer:
    """Keep the points of a trial component; each point that cannot be kept is an error of its own."""
    key, data = key_in(call, call.params["TrialComponentName"]), call.params["MetricData"]
    if call.kernel.store.get(TRIAL_COMPONENT.row, key) is None:
        return {"Errors": [{"Code": "VALIDATION_ERROR", "MetricIndex": n} for n in range(len(data))]}
    errors = []
    with call.kernel.store.transaction():
        for number, point in enumerate(data):
            if not math.isfinite(point["Value"]):
                errors.append({"Code": "VALIDATION_ERROR", "MetricIndex": number})
                continue
            series.add(call.kernel, key, resources.to_json(point))
    return {"Errors": errors} if errors else {}


@behaviour("sagemaker-metrics", "BatchGetMetrics")
async def batch_get_metrics(call: Call) -> Answer:
    """One series a query; what is asked of something that is no component here is that query's error."""
    return {"MetricQueryResults": [_result(call, query) for query in call.params["MetricQueries"]]}


def _result(call: Call, query: Mapping[str, Any]) -> dict[str, Any]:
    key = key_in(call, query["ResourceArn"])
    row = call.kernel.store.get(TRIAL_COMPONENT.row, key)
    if row is None or row["TrialComponentArn"] != query["ResourceArn"]:
        text = f"Resource {query['ResourceArn']} does not exist."
        return {"Status": "ValidationError", "Message": text, "XAxisValues": [], "MetricValues": []}
    by_step = query["XAxisType"] == "IterationNumber"
    if by_step != (query["Period"] == "IterationNumber"):
        text = "Period IterationNumber goes with XAxisType IterationNumber, and no other."
        return {"Status": "ValidationError", "Message": text, "XAxisValues": [], "MetricValues": []}
    grouped: dict[int, list[float]] = {}
    for point in series.points(call.kernel, key, query["MetricName"]):
        place = point.get("Step") if by_step else _floor(point["Timestamp"], _PERIODS[query["Period"]])
        if place is not None and query.get("Start", place) <= place <= query.get("End", place):
            grouped.setdefault(int(place), []).append(point["Value"])
    places = sorted(grouped)
    return {
        "Status": "Complete",
        "XAxisValues": places,
        "MetricValues": [_STATISTICS[query["MetricStat"]](grouped[place]) for place in places],
    }


def _floor(moment: float, seconds: int) -> int:
    return int(moment // seconds) * seconds


def _deviation(values: list[float]) -> float:
    mean = sum(values) / len(values)
    return math.sqrt(sum((value - mean) ** 2 for value in values) / len(values))


_STATISTICS: Mapping[str, Callable[[list[float]], float]] = {
    "Min": min,
    "Max": max,
    "Avg": lambda values: sum(values) / len(values),
    "Count": lambda values: float(len(values)),
    "StdDev": _deviation,
    "Last": lambda values: values[-1],
}
