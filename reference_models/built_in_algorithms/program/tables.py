"""Rows of numbers with or without a label, from the bytes of a channel or of a request."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from program import record_io
from program.algorithms import UserError


def channel(folder: Path, content_type: str) -> tuple[Any, Any]:
    """Features and labels (None without) of all files of a channel."""
    import numpy as np

    files = sorted(path for path in folder.rglob("*") if path.is_file())
    if not files:
        raise UserError(f"No data in channel {folder.name}")
    parts = [parse(file.read_bytes(), content_type, labelled=True) for file in files]
    labels = [each for _, each in parts if each is not None]
    return np.vstack([each for each, _ in parts]), np.concatenate(labels) if len(labels) == len(
        parts
    ) else None


def parse(body: bytes, content_type: str, *, labelled: bool) -> tuple[Any, Any]:
    """Features and labels; in csv the label, if there may be one, is the first column (label_size=0: there is none)."""
    import numpy as np

    kind, *options = [part.strip().lower() for part in content_type.split(";")]
    if record_io.is_record_io(body):
        rows = list(record_io.read(body))
        features = np.array([next(iter(each.values())) for each, _ in rows])
        labels = [next(iter(each.values()))[0] for _, each in rows if each]
        return features, np.array(labels) if len(labels) == len(rows) else None
    if kind == "application/json":
        return np.array(_instances(json.loads(body)), dtype=float), None
    if kind in ("text/csv", ""):
        table = np.loadtxt(io.BytesIO(body), delimiter=",", ndmin=2)
        if labelled and "label_size=0" not in options:
            return table[:, 1:], table[:, 0]
        return table, None
    raise UserError(f"Content type {content_type} is not supported")


def _instances(document: Any) -> list[Any]:
    """`{"instances": [{"features": [...]}]}`, or features within data."""
    found = []
    for each in document["instances"]:
        features = each["data"]["features"] if "data" in each else each["features"]
        found.append(features["values"] if isinstance(features, dict) else features)
    return found
