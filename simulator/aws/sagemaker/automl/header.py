"""The header of the training data, which AWS reads before it accepts an AutoML job."""

from __future__ import annotations

import asyncio
import csv

from simulator.aws.sagemaker import storage
from simulator.aws.sagemaker.acting import Actor
from simulator.aws.sagemaker.automl.request import Request, invalid
from simulator.kernel.errors import CallerError

_BYTES = 65536


async def check(role: Actor, request: Request) -> None:
    """Raises ValidationException where the data cannot be read, or its header has no such target.

    The text for the target is AWS's, as its SDK's tests have it; the others are ours.
    """
    if request.train.data_type != "S3Prefix":
        return
    try:
        keys = await storage.list_keys(role, request.train.uri)
        line = await _first_line(role, request.train.uri, keys[0]) if keys else ""
    except CallerError as error:
        raise invalid(f"Unable to read {request.train.uri}: {error.message}") from error
    if not keys:
        raise invalid(f"No S3 objects found under {request.train.uri}.")
    if request.target not in next(csv.reader([line]), []):
        raise invalid(f"Target attribute name {request.target} does not exist in header.")


async def _first_line(role: Actor, uri: str, key: str) -> str:
    bucket = storage.split(uri)[0]
    asked = {"Bucket": bucket, "Key": key, "Range": f"bytes=0-{_BYTES - 1}"}
    body = (await role.call("s3", "GetObject", asked))["Body"]
    if not isinstance(body, (bytes, str)):
        body = await asyncio.to_thread(body.read)
    text = body.decode("utf-8-sig", "replace") if isinstance(body, bytes) else str(body)
    return text.splitlines()[0] if text else ""
