"""Which image a training job runs, and which metrics are read from its log: its own, or those of its algorithm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.aws.behaviour import Call
from simulator.aws.sagemaker import images


@dataclass(frozen=True)
class Specified:
    """The image, and the AlgorithmSpecification as Describe shows it."""

    image: str
    shown: Mapping[str, Any]


async def specified(call: Call, specification: Mapping[str, Any]) -> Specified:
    """From the request; an AlgorithmName is looked up as the caller. Raises what DescribeAlgorithm raises.

    A built-in algorithm's metrics are among the MetricDefinitions that Describe shows, as on AWS.
    """
    image, given = specification.get("TrainingImage", ""), specification.get("MetricDefinitions", ())
    if not image:
        found = await _algorithm(call, specification["AlgorithmName"])
        image = found["TrainingImage"]
        given = given or found.get("MetricDefinitions", ())
    metrics = [dict(each) for each in images.definitions(image, given)]
    shown = {"EnableSageMakerMetricsTimeSeries": False, **specification}
    return Specified(image, {**shown, "MetricDefinitions": metrics} if metrics else shown)


async def _algorithm(call: Call, name: str) -> Mapping[str, Any]:
    found = await call.cloud.call(
        "sagemaker",
        "DescribeAlgorithm",
        {"AlgorithmName": name},
        account=call.account,
        region=call.region,
        principal=call.principal,
    )
    specification: Mapping[str, Any] = found["TrainingSpecification"]
    return specification
