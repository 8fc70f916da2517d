"""The rows of metrics: each metric's name once, its samples by minute, or by second where so asked."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any

from simulator.aws.cloudwatch.samples import Sample, joined
from simulator.kernel.store import Store

METRIC, DATA = "cloudwatch.metric", "cloudwatch.data"

Dimensions = Sequence[Mapping[str, str]]


def metric_key(account: str, region: str, namespace: str, name: str, dimensions: Dimensions) -> str:
    """The row key of a metric; the order of its dimensions does not matter."""
    pairs = sorted((item["Name"], item["Value"]) for item in dimensions)
    digest = hashlib.sha256(json.dumps([namespace, name, pairs]).encode()).hexdigest()[:32]
    return f"{account}/{region}/{digest}"


def keep(
    store: Store, place: tuple[str, str], metric: Mapping[str, Any], moment: float, unit: str, sample: Sample
) -> str:
    """Add a sample to a metric (Namespace, MetricName, Dimensions); gives the metric's key."""
    account, region = place
    dimensions = sorted(metric["Dimensions"], key=lambda item: str(item["Name"]))
    key = metric_key(account, region, metric["Namespace"], metric["MetricName"], dimensions)
    row = {"Namespace": metric["Namespace"], "MetricName": metric["MetricName"], "Dimensions": dimensions}
    store.put(METRIC, key, {**row, "newest": moment})
    data_key = f"{key}/{moment:015.0f}"
    units = store.get(DATA, data_key) or {}
    before = [Sample.of_row(units[unit])] if unit in units else []
    whole = joined([*before, sample])
    store.put(DATA, data_key, {**units, unit: (whole or sample).row()})
    return key


def bucket(moment: float, storage_resolution: int) -> float:
    """The start of the minute, or of the second for high resolution."""
    step = 1 if storage_resolution < 60 else 60
    return math.floor(moment / step) * step


def samples(store: Store, key: str, start: float, end: float, unit: str = "") -> dict[float, Sample]:
    """The samples from `start` to before `end`, by the moment at which each began; of one unit, or of all together."""
    found = {}
    # Keys are moments of one width, so what the first and the last have in common narrows the scan.
    first, last = (f"{max(0.0, moment):015.0f}" for moment in (start, end))
    shared = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=True))
    for data_key, units in store.scan(DATA, f"{key}/{''.join(digit for digit, _ in shared)}"):
        moment = float(data_key.rsplit("/", 1)[1])
        if not start <= moment < end:
            continue
        whole = joined(Sample.of_row(row) for name, row in units.items() if unit in ("", name))
        if whole is not None:
            found[moment] = whole
    return found
