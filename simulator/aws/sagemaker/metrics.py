"""Numbers that SageMaker gives to CloudWatch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from simulator.aws.sagemaker.acting import Actor
from simulator.kernel.errors import CallerError, NotSimulated

_BATCH = 500


async def publish(actor: Actor, namespace: str, data: Sequence[Mapping[str, Any]]) -> None:
    """PutMetricData in batches; what CloudWatch refuses is a fact, and the work goes on, as on AWS."""
    for start in range(0, len(data), _BATCH):
        batch = [dict(each) for each in data[start : start + _BATCH]]
        try:
            await actor.call("cloudwatch", "PutMetricData", {"Namespace": namespace, "MetricData": batch})
        except (CallerError, NotSimulated) as error:
            detail: dict[str, object] = {"error": str(error), "count": len(batch)}
            kernel = actor.cloud.kernel
            kernel.log.record(
                "MetricsNotDelivered", namespace, detail, account=actor.account, region=actor.region
            )
