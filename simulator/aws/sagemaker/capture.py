"""Data capture: what an endpoint was asked and answered, as JSON lines in S3, written as the execution role.

Source: developer guide, "Capture data from real-time endpoint". AWS writes with a delay; so do we, a fraction
of a second, so that requests which follow each other closely share an object.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from weakref import WeakKeyDictionary

from simulator.aws.behaviour import Call, Cloud
from simulator.aws.sagemaker import storage
from simulator.aws.sagemaker.acting import as_role
from simulator.aws.sagemaker.kinds import Row
from simulator.aws.sagemaker.running import spawn
from simulator.kernel.errors import CallerError, NotSimulated
from simulator.kernel.world import Kernel

GATHER_SECONDS = 0.2
_MODES = {"Input": "endpointInput", "Output": "endpointOutput"}
_waiting: WeakKeyDictionary[Kernel, dict[str, list[str]]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Exchange:
    """One request and its answer, each as (content type, body)."""

    sent: tuple[str, bytes]
    got: tuple[str, bytes]
    inference_id: str | None = None
    custom_attributes: str | None = None


def encoding(content_type: str, headers: Mapping[str, Any]) -> str:
    """CSV or JSON where the configuration lists the content type for it, else BASE64."""
    media = content_type.split(";")[0].strip().lower()
    for name, member in (("CSV", "CsvContentTypes"), ("JSON", "JsonContentTypes")):
        listed = {each.lower() for each in headers.get(member, ())}
        if media in listed or content_type.lower() in listed:
            return name
    return "BASE64"


def record(config: Mapping[str, Any], exchange: Exchange, event_id: str, moment: float) -> dict[str, Any]:
    """One line of a capture file."""
    headers, modes = config.get("CaptureContentTypeHeader", {}), []
    for option in config["CaptureOptions"]:
        mode = option["CaptureMode"]
        modes += ["Input", "Output"] if mode == "InputAndOutput" else [mode]
    data = {}
    for mode, (content_type, body) in (("Input", exchange.sent), ("Output", exchange.got)):
        if mode not in modes:
            continue
        how = encoding(content_type, headers)
        text = base64.b64encode(body).decode() if how == "BASE64" else body.decode(errors="replace")
        data[_MODES[mode]] = {
            "observedContentType": content_type,
            "mode": mode.upper(),
            "data": text,
            "encoding": how,
        }
    metadata = {
        "eventId": event_id,
        "inferenceTime": datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    if exchange.inference_id:
        metadata["inferenceId"] = exchange.inference_id
    if exchange.custom_attributes:
        metadata["customAttributes"] = exchange.custom_attributes
    return {"captureData": data, "eventMetadata": metadata, "eventVersion": "0"}


def prefix(destination: str, endpoint: str, variant: str, moment: float) -> str:
    """Where an hour's files lie: `<destination>/<endpoint>/<variant>/yyyy/mm/dd/hh`."""
    return storage.join(
        destination, endpoint, variant, datetime.fromtimestamp(moment, UTC).strftime("%Y/%m/%d/%H")
    )


def file_name(moment: float, unique: str) -> str:
    """`mm-ss-ms-uuid.jsonl`."""
    when = datetime.fromtimestamp(moment, UTC)
    return f"{when:%M-%S}-{when.microsecond // 1000:03d}-{unique}.jsonl"


def capture(call: Call, row: Row, variant: str, role: str, exchange: Exchange) -> None:
    """Take the exchange if the endpoint captures and the sample falls on it; it is written soon after."""
    config, kernel = row["_serving"].get("capture"), call.kernel
    if not config or not config.get("EnableCapture", False):
        return
    if kernel.ids.fraction() * 100 >= config["InitialSamplingPercentage"]:
        return
    moment = kernel.clock.now()
    line = json.dumps(record(config, exchange, kernel.ids.uuid(), moment))
    target = prefix(config["DestinationS3Uri"], row["EndpointName"], variant, moment)
    waiting = _waiting.setdefault(kernel, {})
    if target in waiting:
        waiting[target].append(line)
        return
    waiting[target] = [line]
    uri = storage.join(target, file_name(moment, kernel.ids.uuid()))
    spawn(kernel, f"capture {uri}", _write(call.cloud, role, call.region, target, uri))


async def _write(cloud: Cloud, role: str, region: str, target: str, uri: str) -> None:
    await asyncio.sleep(GATHER_SECONDS)
    lines = _waiting[cloud.kernel].pop(target)
    actor = as_role(cloud, role, region)
    try:
        await storage.put(actor, uri, ("\n".join(lines) + "\n").encode(), "application/jsonlines")
    except (CallerError, NotSimulated) as error:
        detail: dict[str, object] = {"error": str(error), "lines": len(lines)}
        cloud.kernel.log.record("CaptureNotDelivered", uri, detail, account=actor.account, region=region)
        return
    detail = {"lines": len(lines)}
    cloud.kernel.log.record("DataCaptured", uri, detail, account=actor.account, region=region)
