"""The metrics of invocations: counted as they happen, given to CloudWatch a moment later.

Source: developer guide, "Monitor Amazon SageMaker AI with Amazon CloudWatch", endpoint invocation metrics.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from itertools import count as counting
from typing import Any
from weakref import WeakKeyDictionary

from simulator.aws.behaviour import Call
from simulator.aws.sagemaker.acting import Actor, as_service
from simulator.aws.sagemaker.metrics import publish
from simulator.aws.sagemaker.running import spawn
from simulator.kernel.world import Kernel

NAMESPACE = "AWS/SageMaker"
GATHER_SECONDS = 0.2
MOST_VALUES = 150  # of one datum, by PutMetricData's limit
_numbers = counting()  # how many windows there are is a matter of speed, so no id is drawn for one
_waiting: WeakKeyDictionary[Kernel, dict[str, list[dict[str, Any]]]] = WeakKeyDictionary()


def measure(endpoint: str, variant: str, status: int, seconds: float, moment: float) -> list[dict[str, Any]]:
    """The metric data of one invocation; `status` is the container's, 0 when it did not answer."""
    dimensions = [{"Name": "EndpointName", "Value": endpoint}, {"Name": "VariantName", "Value": variant}]
    values = {
        "Invocations": (1.0, "None"),
        "InvocationsPerInstance": (1.0, "None"),
        "Invocation4XXErrors": (float(400 <= status < 500), "None"),
        "Invocation5XXErrors": (float(status >= 500 or status == 0), "None"),
        "ModelLatency": (seconds * 1e6, "Microseconds"),
        "OverheadLatency": (0.0, "Microseconds"),
    }
    return [
        {"MetricName": name, "Dimensions": dimensions, "Value": value, "Unit": unit, "Timestamp": moment}
        for name, (value, unit) in values.items()
    ]


def gathered(data: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same as fewer data: what a metric had within a minute becomes values with counts."""
    first: dict[tuple[str, str, float], dict[str, Any]] = {}
    counts: dict[tuple[str, str, float], Counter[float]] = {}
    for each in data:
        of = each["MetricName"], str(each["Dimensions"]), each["Timestamp"] // 60
        first.setdefault(of, {name: value for name, value in each.items() if name != "Value"})
        counts.setdefault(of, Counter())[each["Value"]] += 1
    made = []
    for of, values in counts.items():
        ordered = list(values.items())
        for start in range(0, len(ordered), MOST_VALUES):
            some = ordered[start : start + MOST_VALUES]
            made.append({**first[of], "Values": [v for v, _ in some], "Counts": [float(n) for _, n in some]})
    return made


def count(call: Call, endpoint: str, variant: str, status: int, seconds: float) -> None:
    """Take one invocation into account."""
    kernel, place = call.kernel, f"{call.account}/{call.region}"
    data = measure(endpoint, variant, status, seconds, kernel.clock.now())
    waiting = _waiting.setdefault(kernel, {})
    if place in waiting:
        waiting[place] += data
        return
    waiting[place] = data
    actor = as_service(call.cloud, call.account, call.region)
    spawn(kernel, f"metrics {place} {next(_numbers)}", _give(actor, place))


async def _give(actor: Actor, place: str) -> None:
    await asyncio.sleep(GATHER_SECONDS)
    await publish(actor, NAMESPACE, gathered(_waiting[actor.cloud.kernel].pop(place)))
