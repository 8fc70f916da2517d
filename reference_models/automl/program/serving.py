"""Serves a candidate: rows of comma-separated features in, what SAGEMAKER_INFERENCE_OUTPUT names out."""

from __future__ import annotations

import io
import json
import os
from typing import Any

from contract.layout import Layout
from contract.web import Answer, Invoke, Refused
from training import MODEL_NAME

OUTPUTS = ("predicted_label", "probability", "probabilities", "labels")


def invoker(layout: Layout) -> Invoke:
    """Loads the candidate now, so that a bad one fails the start."""
    import joblib

    bundle = joblib.load(layout.model / MODEL_NAME)
    wanted = [name.strip() for name in os.environ.get("SAGEMAKER_INFERENCE_OUTPUT", OUTPUTS[0]).split(",")]
    if unknown := [name for name in wanted if name not in OUTPUTS]:
        raise ValueError(f"SAGEMAKER_INFERENCE_OUTPUT names {unknown}; there are {list(OUTPUTS)}")

    def invoke(body: bytes, content_type: str, accept: str) -> Answer:
        if content_type.split(";")[0].strip().lower() not in ("text/csv", ""):
            raise Refused(415, f"Content type {content_type} is not supported. Use text/csv.")
        rows = predictions(bundle, rows_of(bundle, body.decode()), wanted)
        kind = accept.split(",")[0].split(";")[0].strip().lower()
        if kind == "application/json":
            named = [dict(zip(wanted, row, strict=True)) for row in rows]
            return Answer(json.dumps({"predictions": named}).encode(), "application/json")
        if kind in ("", "*/*", "text/csv"):
            return Answer("".join(f"{line(row)}\n" for row in rows).encode())
        raise Refused(406, f"Accept type {accept} is not supported.")

    return invoke


def rows_of(bundle: dict[str, Any], text: str) -> Any:
    """The features of a request, which has no header; raises Refused where their number is wrong."""
    import pandas as pd

    names = bundle["features"]
    try:
        frame = pd.read_csv(io.StringIO(text), header=None, dtype=str, skipinitialspace=True)
    except (pd.errors.EmptyDataError, pd.errors.ParserError) as error:
        raise Refused(400, f"The request is no table of comma-separated values: {error}") from error
    if len(frame.columns) != len(names):
        raise Refused(400, f"Expected {len(names)} columns: {', '.join(names)}; got {len(frame.columns)}.")
    frame.columns = names
    for name in bundle["numeric"]:
        frame[name] = pd.to_numeric(frame[name], errors="coerce")
    return frame


def predictions(bundle: dict[str, Any], features: Any, wanted: list[str]) -> list[list[Any]]:
    """One list a row, in the order asked for."""
    if not bundle["classes"]:
        return [[float(value)] for value in bundle["pipeline"].predict(features)]
    found = []
    for shares in bundle["pipeline"].predict_proba(features).tolist():
        best = max(range(len(shares)), key=shares.__getitem__)
        whole = {
            "predicted_label": bundle["classes"][best],
            "probability": shares[best],
            "probabilities": shares,
            "labels": list(bundle["classes"]),
        }
        found.append([whole[name] for name in wanted])
    return found


def line(row: list[Any]) -> str:
    """One line of the answer; lists are quoted, as AWS does."""
    return ",".join(f'"{value}"' if isinstance(value, list) else str(value) for value in row)
