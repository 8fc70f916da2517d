"""Warm pools: instances that a job leaves to the next one of the same kind, counted on the virtual clock.

Nothing is kept warm here: works start anew. What is real is who may take which pool, how long it is there and what it
would cost. A pool is the WarmPoolStatus of the job that left it. Source: developer guide, "Train Using SageMaker
Managed Warm Pools" (lifecycle, creation, matching training jobs); API reference, WarmPoolStatus.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.aws.behaviour import Cloud
from simulator.aws.sagemaker.kinds.jobs import TRAINING_JOB
from simulator.aws.sagemaker.resources import change, place
from simulator.kernel.errors import CallerError
from simulator.kernel.indexes import Condition, Search
from simulator.kernel.world import Kernel

TIMER = "sagemaker.warm_pool"
_MATCHING = ("RoleArn", "VpcConfig", "EnableInterContainerTrafficEncryption", "EnableNetworkIsolation")
_MATCHING_RESOURCES = ("InstanceCount", "InstanceType", "VolumeKmsKeyId", "VolumeSizeInGB", "InstanceGroups")


def register(cloud: Cloud) -> None:
    """Say what happens when a pool's time is over."""

    async def over(payload: dict[str, Any]) -> None:
        key = payload["key"]
        row = cloud.kernel.store.get(TRAINING_JOB.row, key)
        if row is not None and _status(row) == "Available":
            _retire(cloud.kernel, key, row, {"Status": "Terminated"})

    cloud.kernel.scheduler.on(TIMER, over)


def claim(kernel: Kernel, key: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a new job's row that say which pool it runs in: one that it takes over, its own, or none."""
    account, region, name = place(key)
    left = Condition("WarmPoolStatus", "=", "Available")
    for other, row, _ in kernel.store.search(TRAINING_JOB.row, Search(f"{account}/{region}", (left,))):
        if _kind(row) == _kind(params):
            _retire(kernel, other, row, {"Status": "Reused", "ReusedByJob": name})
            return {"WarmPoolStatus": {"Status": "InUse"}}
    return {"WarmPoolStatus": {"Status": "InUse"}} if _period(params) else {}


def left(kernel: Kernel, key: str, row: Mapping[str, Any], healthy: bool) -> dict[str, Any]:
    """The members by which a job that ends leaves its pool; `healthy` says that its program was started."""
    if "WarmPoolStatus" not in row:
        return {}
    retained = {"ResourceRetainedBillableTimeInSeconds": 0}
    if not (healthy and _period(row)):
        return {"WarmPoolStatus": {"Status": "Terminated", **retained}}
    now = kernel.clock.now()
    kernel.scheduler.at(now + _period(row), TIMER, {"key": key}, f"{TIMER} {key}")
    return {"WarmPoolStatus": {"Status": "Available", **retained}, "_retained_from": now}


def update(kernel: Kernel, key: str, row: Mapping[str, Any], seconds: int) -> None:
    """A new KeepAlivePeriodInSeconds of a pool, counted from the job's end; 0 terminates it."""
    if _status(row) != "Available":
        text = "KeepAlivePeriodInSeconds can only be updated while the warm pool of the training job is Available."
        raise CallerError("ValidationException", text)
    resources = {**row["ResourceConfig"], "KeepAlivePeriodInSeconds": seconds}
    change(kernel, TRAINING_JOB, key, {"ResourceConfig": resources}, quiet=True)
    until = row["_retained_from"] + seconds
    if seconds == 0 or until <= kernel.clock.now():
        _retire(kernel, key, row, {"Status": "Terminated"})
    else:
        kernel.scheduler.at(until, TIMER, {"key": key}, f"{TIMER} {key}")


def available(row: Mapping[str, Any]) -> bool:
    """Whether the job still holds a pool."""
    return _status(row) == "Available"


def _retire(kernel: Kernel, key: str, row: Mapping[str, Any], status: Mapping[str, Any]) -> None:
    """A pool is no longer available: no event of AWS's tells it, so the fact is ours."""
    seconds = round(kernel.clock.now() - row["_retained_from"])
    kernel.scheduler.cancel(f"{TIMER} {key}")
    with kernel.store.transaction():
        now = {**status, "ResourceRetainedBillableTimeInSeconds": seconds}
        change(kernel, TRAINING_JOB, key, {"WarmPoolStatus": now}, quiet=True)
        account, region, _ = place(key)
        kernel.log.record("WarmPoolRetired", row["TrainingJobArn"], dict(now), account=account, region=region)


def _status(row: Mapping[str, Any]) -> str:
    return str(row.get("WarmPoolStatus", {}).get("Status", ""))


def _period(row: Mapping[str, Any]) -> int:
    return int(row["ResourceConfig"].get("KeepAlivePeriodInSeconds") or 0)


def _kind(row: Mapping[str, Any]) -> list[Any]:
    """What must be the same for a job to take over a pool."""
    own = [row.get(member) or None for member in _MATCHING]
    return own + [row["ResourceConfig"].get(member) or None for member in _MATCHING_RESOURCES]
