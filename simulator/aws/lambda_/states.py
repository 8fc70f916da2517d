"""The states of a function: its code is unpacked in the background, and who asks meanwhile is held."""

from __future__ import annotations

from typing import Any

from simulator.aws.behaviour import Call, Cloud
from simulator.aws.lambda_ import code
from simulator.aws.lambda_.names import Named, of_key
from simulator.aws.lambda_.rows import FUNCTION, Row, fetch
from simulator.aws.lambda_.tasks import spawn
from simulator.kernel.world import Kernel


def unsettled(row: Row) -> bool:
    """Whether the function is being created or updated."""
    config = row["config"]
    return bool(config.get("State") == "Pending" or config.get("LastUpdateStatus") == "InProgress")


def updating(config: dict[str, Any]) -> dict[str, Any]:
    """The configuration while an update is under way."""
    return {
        **config,
        "LastUpdateStatus": "InProgress",
        "LastUpdateStatusReason": "The function is being created.",
        "LastUpdateStatusReasonCode": "Creating",
    }


def settle(cloud: Cloud, key: str) -> None:
    """Start what ends a function's creation or update."""
    spawn(cloud.kernel, f"lambda {key}", _settle(cloud, key))


def resume(cloud: Cloud) -> None:
    """Go on with the functions that an earlier process left unsettled."""
    for key, row in cloud.kernel.store.scan(FUNCTION):
        if unsettled(row):
            settle(cloud, key)


async def _settle(cloud: Cloud, key: str) -> None:
    """Unpack the code until the row's own is there, then say so."""
    kernel = cloud.kernel
    while (row := kernel.store.get(FUNCTION, key)) is not None and unsettled(row):
        digest = row["code"]["digest"]
        await code.unpacked(kernel.store, digest)
        row = kernel.store.get(FUNCTION, key)
        if row is None or row["code"]["digest"] != digest:
            continue
        config = {
            name: value
            for name, value in row["config"].items()
            if not name.endswith(("Reason", "ReasonCode"))
        }
        settled = {**config, "State": "Active", "LastUpdateStatus": "Successful"}
        with kernel.store.transaction():
            kernel.store.put(FUNCTION, key, {**row, "config": settled})
            note(kernel, "FunctionStateChanged", of_key(key), state="Active", last_update_status="Successful")


def note(kernel: Kernel, kind: str, function: Named, **detail: object) -> None:
    """A fact about a function."""
    kernel.log.record(kind, function.arn, detail, account=function.account, region=function.region)


async def at_rest(cloud: Cloud, function: Named) -> Row:
    """The function's row, once it is settled or the hold is over. Waiters that ask once need not sleep."""
    kernel = cloud.kernel
    until = kernel.clock.wall() + cloud.settings.hold_seconds
    while True:
        seen, row = kernel.log.last(), fetch(kernel.store, function)
        left = until - kernel.clock.wall()
        if not unsettled(row) or left <= 0:
            return row
        await kernel.log.wait(seen, left)


async def held(call: Call, function: Named) -> None:
    """Hold a request until the function is settled."""
    await at_rest(call.cloud, function)
