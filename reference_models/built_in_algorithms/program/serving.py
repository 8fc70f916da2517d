"""Serves any algorithm of this image: csv, JSON or RecordIO-protobuf in; JSON, JSON lines, csv or RecordIO out."""

from __future__ import annotations

import json
import pickle
from typing import Any

from contract.layout import Layout
from contract.web import Answer, Invoke, Refused

from program import algorithms, record_io, tables
from program.training import MODEL_NAME

RECORD_IO = "application/x-recordio-protobuf"


def invoker(layout: Layout) -> Invoke:
    """Loads the model now, so that a bad one fails the start."""
    algorithm = algorithms.chosen()
    model = pickle.loads((layout.model / MODEL_NAME).read_bytes())

    def invoke(body: bytes, content_type: str, accept: str) -> Answer:
        try:
            features, _ = tables.parse(body, content_type, labelled=False)
        except (ValueError, KeyError, TypeError) as error:
            raise Refused(400, f"The request cannot be read as {content_type}: {error}") from error
        except algorithms.UserError as error:
            raise Refused(415, str(error)) from error
        try:
            return answer(algorithm.predict(model, features), accept)
        except ValueError as error:
            raise Refused(400, str(error)) from error

    return invoke


def answer(found: list[dict[str, Any]], accept: str) -> Answer:
    """The predictions in the form that is wanted; JSON unless another is."""
    kind = accept.split(",")[0].split(";")[0].strip().lower()
    if kind == RECORD_IO:
        return Answer(record_io.write(found), RECORD_IO)
    if kind == "application/jsonlines":
        return Answer("".join(f"{json.dumps(each)}\n" for each in found).encode(), kind)
    if kind == "text/csv":
        return Answer("".join(",".join(map(str, each.values())) + "\n" for each in found).encode())
    if kind in ("", "*/*", "application/json"):
        return Answer(json.dumps({"predictions": found}).encode(), "application/json")
    raise Refused(406, f"Accept type {accept} is not supported.")
