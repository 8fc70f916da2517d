"""PutMetricData: samples come in, and the alarms that watch them are asked at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.cloudwatch.metric_rows import bucket, keep
from simulator.aws.cloudwatch.samples import Sample
from simulator.aws.cloudwatch.watch import look_at_metrics
from simulator.kernel.errors import CallerError, NotSimulated

_TWO_WEEKS, _TWO_HOURS = 14 * 86400, 2 * 3600


@behaviour("cloudwatch", "PutMetricData")
async def put_metric_data(call: Call) -> Answer:
    """Keep every datum, or none if one is wrong. Source: CloudWatch API reference, PutMetricData."""
    if call.params.get("EntityMetricData"):
        raise NotSimulated("cloudwatch:PutMetricData with EntityMetricData", "Use MetricData.")
    namespace, now = call.params["Namespace"], call.kernel.clock.now()
    if namespace.startswith("AWS/") and not call.principal.service:
        text = f"The value {namespace} for parameter Namespace is invalid."
        raise CallerError("InvalidParameterValue", text, 400)
    data = call.params.get("MetricData", [])
    if not data:
        raise CallerError("MissingParameter", "The parameter MetricData is required.", 400)
    taken = [_taken(datum, place, now) for place, datum in enumerate(data, start=1)]
    place = (call.account, call.region)
    with call.kernel.store.transaction():
        keys = set()
        for datum, moment, sample in taken:
            metric = {
                "Namespace": namespace,
                "MetricName": datum["MetricName"],
                "Dimensions": _dimensions(datum),
            }
            keys.add(keep(call.kernel.store, place, metric, moment, datum.get("Unit", "None"), sample))
        detail: dict[str, object] = {"metrics": sorted({datum["MetricName"] for datum, _, _ in taken})}
        call.kernel.log.record("MetricDataPut", namespace, detail, account=call.account, region=call.region)
        look_at_metrics(call.kernel, call.account, call.region, keys)
    return {}


def epoch(given: Any) -> float:
    """Epoch seconds of a timestamp as the protocol or another service gives it."""
    return given.timestamp() if isinstance(given, datetime) else float(given)


def _dimensions(datum: dict[str, Any]) -> list[dict[str, str]]:
    found: list[dict[str, str]] = datum.get("Dimensions", [])
    return found


def _taken(datum: dict[str, Any], place: int, now: float) -> tuple[dict[str, Any], float, Sample]:
    name = f"MetricData.member.{place}"
    moment = epoch(datum["Timestamp"]) if "Timestamp" in datum else now
    if moment > now + _TWO_HOURS:
        text = f"The parameter {name}.Timestamp must specify a time no more than two hours in the future."
        raise CallerError("InvalidParameterValue", text, 400)
    if moment < now - _TWO_WEEKS:
        text = f"The parameter {name}.Timestamp must specify a time within the past two weeks."
        raise CallerError("InvalidParameterValue", text, 400)
    return datum, bucket(moment, datum.get("StorageResolution", 60)), _sample(datum, name)


def _sample(datum: dict[str, Any], name: str) -> Sample:
    kinds = [kind for kind in ("Value", "Values", "StatisticValues") if kind in datum]
    if len(kinds) > 1:
        both = f"{name}.{kinds[0]} and {name}.{kinds[1]}"
        text = f"The parameters {both} are mutually exclusive and you have specified both."
        raise CallerError("InvalidParameterCombination", text, 400)
    if kinds == ["Value"]:
        return Sample.of({datum["Value"]: 1})
    if kinds == ["Values"] and datum["Values"]:
        counts = datum.get("Counts") or [1] * len(datum["Values"])
        if len(counts) != len(datum["Values"]):
            text = f"The parameters {name}.Values and {name}.Counts must be of the same size."
            raise CallerError("InvalidParameterValue", text, 400)
        values: dict[float, float] = {}
        for value, times in zip(datum["Values"], counts, strict=True):
            values[value] = values.get(value, 0) + times
        return Sample.of(values)
    if kinds == ["StatisticValues"]:
        given = datum["StatisticValues"]
        return Sample(given["SampleCount"], given["Sum"], given["Minimum"], given["Maximum"])
    raise CallerError(
        "MissingParameter",
        f"At least one of the parameters {name}.Value or {name}.Values must be specified.",
        400,
    )
