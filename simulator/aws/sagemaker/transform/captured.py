"""Data capture of a transform job: manifests of what it read and wrote, by the hour, in two folders; pure.

Source: developer guide, "Capture data from batch transform job": `<destination>/input` and `<destination>/output` hold
manifests, not data, under yyyy/mm/dd/hh.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from simulator.aws.sagemaker import storage


def manifest(prefix: str, names: Sequence[str]) -> bytes:
    """The content of one manifest."""
    return json.dumps([{"prefix": prefix}, *names]).encode()


def manifests(
    destination: str, source: str, target: str, names: Sequence[str], moment: float, unique: str
) -> dict[str, bytes]:
    """URI and content of both manifests; `names` are the objects below `source`, at epoch second `moment`."""
    hour = datetime.fromtimestamp(moment, UTC).strftime("%Y/%m/%d/%H")
    folder = target.rstrip("/") + "/"
    read = storage.join(destination, "input", hour, f"{unique}.json")
    written = storage.join(destination, "output", hour, f"{unique}.json")
    return {
        read: manifest(source, names),
        written: manifest(folder, [f"{name}.out" for name in names]),
    }
