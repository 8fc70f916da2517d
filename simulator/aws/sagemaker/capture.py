"""Data capture: what an endpoint was asked and answered, as JSON lines in S3, written as the execution role.

Source: developer guide, "Capture data from real-time endpoint". AWS writes with a delay; so do we, a fraction
of a second, so that requests which follow each other closely share an object. Until then the lines are rows, for
a record of what was answered must outlive a kill of the simulator.
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
from simulator.aws.sagemaker.kinds.kind import Row
from simulator.aws.sagemaker.running import spawn
from simulator.kernel.errors import CallerError, NotSimulated
from simulator.kernel.world import Kernel

GATHER_SECONDS = 0.2
LINE = "sagemaker.captured_line"
_MODES = {"Input": "endpointInput", "Output": "endpointOutput"}
_gathering: WeakKeyDictionary[Kernel, dict[str, tuple[str, int]]] = WeakKeyDictionary()


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
    event = kernel.ids.uuid()
    line = json.dumps(record(config, exchange, event, moment))
    target = prefix(config["DestinationS3Uri"], row["EndpointName"], variant, moment)
    gathering = _gathering.setdefault(kernel, {})
    # Named by its first record: how many objects there are is a matter of speed, so no id is drawn for one.
    uri, number = gathering.get(target) or (storage.join(target, file_name(moment, event)), 0)
    gathering[target] = (uri, number + 1)
    kernel.store.put(LINE, f"{uri}#{number:06d}", {"line": line, "role": role, "region": call.region})
    if not number:
        spawn(kernel, f"capture {uri}", _gather(call.cloud, target, uri))


def resume(cloud: Cloud) -> None:
    """Write what the last process had gathered and not written."""
    for uri in dict.fromkeys(key.rsplit("#", 1)[0] for key, _ in cloud.kernel.store.scan(LINE)):
        spawn(cloud.kernel, f"capture {uri}", _write(cloud, uri))


async def _gather(cloud: Cloud, target: str, uri: str) -> None:
    try:
        await asyncio.sleep(GATHER_SECONDS)
    finally:
        del _gathering[cloud.kernel][target]
    await _write(cloud, uri)


async def _write(cloud: Cloud, uri: str) -> None:
    """Put the lines of one object; written again after a kill, it is the same object."""
    kernel, found = cloud.kernel, cloud.kernel.store.scan(LINE, f"{uri}#")
    role, region = found[0][1]["role"], found[0][1]["region"]
    actor = as_role(cloud, role, region)
    kind, detail = "DataCaptured", dict[str, object](lines=len(found))
    try:
        body = "".join(f"{row['line']}\n" for _, row in found).encode()
        await storage.put(actor, uri, body, "application/jsonlines")
    except (CallerError, NotSimulated) as error:
        kind, detail = "CaptureNotDelivered", {"error": str(error), **detail}
    with kernel.store.transaction():
        for key, _ in found:
            kernel.store.delete(LINE, key)
        kernel.log.record(kind, uri, detail, account=actor.account, region=region)
