"""A metric of a training job that somebody watches while it runs: its values in order, each a fact.

A search that stops jobs early needs every value, and at once; a row's FinalMetricDataList has only the last.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from simulator.aws.sagemaker.jobs import Job

WATCH = "_watch"
SERIES = "_series"


def note(job: Job, found: Iterable[tuple[str, float]]) -> None:
    """Keep what a line of the log says of the watched metric, if one is watched."""
    row = job.row
    values = [value for name, value in found if name == row.get(WATCH)]
    if not values:
        return
    account, region, _ = job.place
    with job.kernel.store.transaction():
        series = [*row.get(SERIES, ()), *values]
        job.change({SERIES: series}, quiet=True)
        detail: dict[str, object] = {"metric": row[WATCH], "value": values[-1], "epoch": len(series)}
        arn = row[job.kind.arn_member]
        job.kernel.log.record("ObjectiveMeasured", arn, detail, account=account, region=region)


def watch(metric: str) -> Mapping[str, Any]:
    """The note by which a training job's row says what is watched."""
    return {WATCH: metric}
