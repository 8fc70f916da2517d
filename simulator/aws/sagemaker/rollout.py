"""How an endpoint comes to serve a configuration: new works first, the switch when healthy, then the old drain."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.aws.sagemaker import serving
from simulator.aws.sagemaker.acting import as_role
from simulator.aws.sagemaker.inflight import drained
from simulator.aws.sagemaker.kept import Kept
from simulator.aws.sagemaker.kinds.kind import Kind, Row
from simulator.aws.sagemaker.kinds.serving import ENDPOINT
from simulator.aws.sagemaker.logs import LogShipper
from simulator.aws.sagemaker.resources import place, remove
from simulator.aws.sagemaker.running import finished, spawn
from simulator.aws.sagemaker.serving import Container, WorkerFailed
from simulator.kernel.facts import cause

_RESTARTS = 3


@dataclass(frozen=True)
class Endpoint(Kept):
    """One endpoint; `key` is account/region/name. `_serving` in its row is what serves, `_next` what shall."""

    kind: Kind = field(default=ENDPOINT, init=False)

    @property
    def present(self) -> Row | None:
        """The row as it is now; None when the endpoint was deleted."""
        return self.kernel.store.get(ENDPOINT.row, self.key)


def launch(endpoint: Endpoint, fact: int | None) -> None:
    """Bring the endpoint to its next configuration, in a task of its own."""
    with cause(fact):
        spawn(endpoint.kernel, f"endpoint {endpoint.key}", roll_out(endpoint))


async def roll_out(endpoint: Endpoint) -> None:
    """Start what `_next` needs; then switch, or go back to what serves."""
    row = endpoint.row
    wanted, old = row["_next"], row.get("_serving")
    starts = [_start(endpoint, name, variant) for name, variant in wanted["variants"].items()]
    results = await asyncio.gather(*starts, return_exceptions=True)
    failures = [result for result in results if isinstance(result, BaseException)]
    if failures:
        await _end_all(endpoint, wanted)
        _fail(endpoint, old, failures[0])
        return
    serves = {name: wanted[name] for name in ("config", "variants", "capture", "shown")}
    now = {
        "EndpointConfigName": wanted["config"],
        "ProductionVariants": wanted["shown"],
        "FailureReason": None,
    }
    capture = {"DataCaptureConfig": capture_summary(wanted["capture"])}
    endpoint.change({**now, **capture, "_serving": serves, "_next": None, "EndpointStatus": "InService"})
    for name, variant in wanted["variants"].items():
        attach(endpoint, name, variant["work"])
    if old:
        await _end_all(endpoint, old)


def _fail(endpoint: Endpoint, old: Any, failure: BaseException) -> None:
    reason = str(failure) if isinstance(failure, WorkerFailed) else "InternalServerError: " + str(failure)
    if old is None:
        endpoint.change({"EndpointStatus": "Failed", "FailureReason": reason[:1024], "_next": None})
    else:
        endpoint.change({"EndpointStatus": "RollingBack", "FailureReason": reason[:1024]})
        endpoint.change({"EndpointStatus": "InService", "_next": None, "EndpointConfigName": old["config"]})
    if not isinstance(failure, WorkerFailed):
        raise failure


def capture_summary(capture: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A DataCaptureConfigSummary of what is captured; None where nothing is configured."""
    if not capture:
        return None
    return {
        "EnableCapture": capture.get("EnableCapture", False),
        "CaptureStatus": "Started" if capture.get("EnableCapture", False) else "Stopped",
        "CurrentSamplingPercentage": capture["InitialSamplingPercentage"],
        "DestinationS3Uri": capture["DestinationS3Uri"],
        "KmsKeyId": capture.get("KmsKeyId", ""),
    }


async def _start(endpoint: Endpoint, variant: str, entry: Mapping[str, Any]) -> None:
    container, region = Container.of(entry["container"]), place(endpoint.key)[1]
    try:
        await serving.start(endpoint.cloud, container, entry["work"], region)
    except WorkerFailed as failure:
        if entry["work"] in await endpoint.cloud.engine.known():
            await endpoint.cloud.engine.stop(entry["work"], serving.STOP_GRACE_SECONDS)
        await _ship(endpoint, variant, entry["work"], container.role)
        text = str(failure)
        if "ping" in text or "exit code" in text:
            text = (
                f"The primary container for production variant {variant} did not pass the ping health check. "
                f"Please check CloudWatch logs for this endpoint. ({text})"
            )
        raise WorkerFailed(text) from failure


def attach(endpoint: Endpoint, variant: str, work: str) -> None:
    """Follow a serving work: its log to CloudWatch, and a new one in its place if it ends by itself."""
    spawn(endpoint.kernel, f"watch {work}", _watch(endpoint, variant, work), busy=False)


async def _watch(endpoint: Endpoint, variant: str, work: str) -> None:
    row = endpoint.present
    if row is None or not (entry := _entry(row, variant, work)):
        return
    await _ship(endpoint, variant, work, entry["container"]["role"])
    ended = await endpoint.cloud.engine.wait(work)
    row = endpoint.present
    if row is None or row["EndpointStatus"] == "Deleting" or not _entry(row, variant, work):
        return
    account, region, _ = place(endpoint.key)
    detail: dict[str, object] = {"variant": variant, "code": ended.code, "reason": ended.reason}
    endpoint.kernel.log.record(
        "EndpointContainerEnded", row["EndpointArn"], detail, account=account, region=region
    )
    await restart(endpoint, variant, work)


async def _ship(endpoint: Endpoint, variant: str, work: str, role: str) -> None:
    """Ship the log of a work to its end."""
    if work not in await endpoint.cloud.engine.known():
        return
    _, region, name = place(endpoint.key)
    actor = as_role(endpoint.cloud, role, region)
    stream = f"{variant}/i-{work.rsplit('-', 1)[-1]}"
    row = endpoint.present or {}
    shipped = int(row.get("_lines", {}).get(work, 0))

    def note(count: int) -> None:
        if (now := endpoint.present) is not None:
            endpoint.change({"_lines": {**now.get("_lines", {}), work: count}}, quiet=True)

    shipper = LogShipper(actor, f"/aws/sagemaker/Endpoints/{name}", stream, shipped, note)
    await shipper.ship(endpoint.cloud.engine.lines(work))


def _entry(row: Row, variant: str, work: str) -> dict[str, Any] | None:
    """The variant's entry if this work is the one that serves it."""
    entry = ((row.get("_serving") or {}).get("variants") or {}).get(variant)
    return dict(entry) if entry and entry["work"] == work else None


async def restart(endpoint: Endpoint, variant: str, work: str) -> None:
    """A new work in the place of one that is gone; after three that fail, the variant stays without."""
    for _ in range(_RESTARTS):
        row = endpoint.present
        if row is None or not (entry := _entry(row, variant, work)):
            return
        fresh = f"{work.rsplit('-', 1)[0]}-{endpoint.kernel.ids.hex(8)}"
        try:
            await _start(endpoint, variant, {**entry, "work": fresh})
        except WorkerFailed as failure:
            endpoint.kernel.log.record("EndpointContainerFailed", row["EndpointArn"], {"error": str(failure)})
            await serving.remove(endpoint.cloud, fresh)
            continue
        serves = row["_serving"]
        serves["variants"][variant]["work"] = fresh
        endpoint.change({"_serving": serves}, quiet=True)
        attach(endpoint, variant, fresh)
        await serving.remove(endpoint.cloud, work)
        return


async def _end_all(endpoint: Endpoint, serves: Mapping[str, Any]) -> None:
    """End every work of a configuration, when what it was asked is answered."""
    for entry in serves["variants"].values():
        work = entry["work"]
        await drained(endpoint.kernel, work)
        if work in await endpoint.cloud.engine.known():
            await endpoint.cloud.engine.stop(work, serving.STOP_GRACE_SECONDS)
        await finished(endpoint.kernel, f"watch {work}")
        await serving.remove(endpoint.cloud, work)


async def take_down(endpoint: Endpoint) -> None:
    """End what serves; the row goes last."""
    row = endpoint.present or {}
    for serves in (row.get("_serving"), row.get("_next")):
        if serves:
            await _end_all(endpoint, serves)
    remove(endpoint.kernel, ENDPOINT, endpoint.key)


async def pick_up(endpoint: Endpoint) -> None:
    """After a restart of the simulator: works that still serve are followed again, the others are started anew."""
    row = endpoint.present or {}
    known = await endpoint.cloud.engine.known()
    for variant, entry in ((row.get("_serving") or {}).get("variants") or {}).items():
        work = entry["work"]
        if work in known and await serving.ping(endpoint.cloud, work):
            attach(endpoint, variant, work)
        else:
            await restart(endpoint, variant, work)
    if row.get("EndpointStatus") == "Deleting":
        await take_down(endpoint)
    elif row.get("_next"):
        await roll_out(endpoint)
