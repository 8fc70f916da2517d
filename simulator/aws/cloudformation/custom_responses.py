"""Requests to custom resources and their answers as rows: a presigned link takes the answer, a fact tells of it."""

from __future__ import annotations

import json
from typing import Any

from simulator.aws import signed_links
from simulator.aws.protocol.http import Incoming, Outgoing
from simulator.kernel.world import Kernel

ROW = "cloudformation.custom_request"
"""Key: the request's id; `response` is there once it was answered."""
PREFIX = "cloudformation-custom-resource-response-"
ORIGIN = "http://localhost:4566"
"""Where every work of the engine finds the simulator. AWS gives an address of S3."""
_LINK_SECONDS = 7200
_MOST_BYTES = 4096


def serve(kernel: Kernel) -> None:
    """Take the answers."""

    def take(request: Incoming) -> Outgoing:
        key = request.path.rsplit("/", 1)[-1]
        row = kernel.store.get(ROW, key)
        if row is not None and "response" not in row:
            with kernel.store.transaction():
                kernel.store.put(ROW, key, {**row, "response": read(request.body)})
                kernel.log.record("CustomResourceResponded", row["stack"], {"resource": row["logical"]})
        return Outgoing(200, (("content-length", "0"),))

    signed_links.on(kernel, PREFIX, take)


def link(kernel: Kernel, region: str, request_id: str) -> str:
    """The ResponseURL of a request."""
    path = f"/{PREFIX}{region.replace('-', '')}/{request_id}"
    return ORIGIN + signed_links.sign(kernel, "PUT", path, _LINK_SECONDS)


def read(body: bytes) -> dict[str, Any]:
    """The answer as an object with Status and Reason; what is no such answer is a failure with AWS's reason."""
    if len(body) > _MOST_BYTES:
        return {"Status": "FAILED", "unread": "Response object is too long."}
    try:
        found = json.loads(body)
    except ValueError:
        return {"Status": "FAILED", "unread": "Invalid response object: it is no JSON."}
    if not isinstance(found, dict) or found.get("Status") not in ("SUCCESS", "FAILED"):
        return {"Status": "FAILED", "unread": "Invalid response object: Status must be SUCCESS or FAILED."}
    return found
