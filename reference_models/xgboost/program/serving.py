"""Predictions of the built-in algorithm: csv or libsvm in, csv or json out."""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from contract.layout import Layout
from contract.web import Answer, Invoke, Refused

from program.channels import dense
from program.library import load_xgboost
from program.training import MODEL_NAME

LIBSVM = ("libsvm", "text/libsvm", "text/x-libsvm")


def load_model(xgboost: Any, path: Path) -> Any:
    """The booster in the file, in XGBoost's own format or as an older image's pickle."""
    content = path.read_bytes()
    if content[:1] == b"\x80":
        booster = pickle.loads(
            content
        )  # an older image's own format; the file comes from the account's registry
    else:
        booster = xgboost.Booster()
        booster.load_model(bytearray(content))
    booster.set_param({"nthread": 1})
    return booster


def invoker(layout: Layout) -> Invoke:
    """Loads the model now, so that a missing or broken one fails the start."""
    xgboost = load_xgboost()
    booster = load_model(xgboost, layout.model / MODEL_NAME)
    batch = os.environ.get("SAGEMAKER_BATCH", "").lower() == "true"

    def predict(values: np.ndarray) -> list[Any]:
        return list(booster.predict(xgboost.DMatrix(values)).tolist())

    def invoke(body: bytes, content_type: str, accept: str) -> Answer:
        return answer(body, content_type, accept, booster.num_features(), predict, batch)

    return invoke


def answer(
    body: bytes,
    content_type: str,
    accept: str,
    width: int,
    predict: Callable[[np.ndarray], list[Any]],
    batch: bool,
) -> Answer:
    """One invocation as a function of its parts; raises Refused with the status that the AWS image gives."""
    if not body:
        return Answer(b"", status=204)
    kind = accepted(accept)
    values = parse(body, content_type, width)
    if values.shape[1] != width:
        raise Refused(
            400,
            "Unable to evaluate payload provided: Feature size of csv inference data "
            f"{values.shape[1]} is not consistent with feature size of trained model {width}.",
        )
    return encode(predict(values), kind, batch)


def parse(body: bytes, content_type: str, width: int) -> np.ndarray:
    """The rows of the body; an empty csv field is a missing value."""
    kind = content_type.split(";")[0].strip().lower() or "text/csv"
    try:
        if kind in ("csv", "text/csv"):
            return parse_csv(body.decode())
        if kind in LIBSVM:
            return parse_libsvm(body.decode(), width)
    except (ValueError, IndexError) as failure:
        raise Refused(
            415,
            f"Loading {kind} data failed with Exception, please ensure data is in {kind} format: {failure}",
        ) from failure
    raise Refused(415, f"Content type {kind} is not supported.")


def parse_csv(text: str) -> np.ndarray:
    """Rows of numbers without a label."""
    rows = [
        [float(value) if value.strip() else np.nan for value in line.split(",")]
        for line in text.strip().splitlines()
    ]
    return np.array(rows, dtype=float)


def parse_libsvm(text: str, width: int) -> np.ndarray:
    """Rows of index:value, with or without a label before them."""
    rows = []
    for line in text.strip().splitlines():
        pairs = [item.split(":") for item in line.split() if ":" in item]
        rows.append({int(index): float(value) for index, value in pairs})
    return dense(rows, width)


def accepted(accept: str) -> str:
    """The first type of the Accept header that this algorithm writes; csv when the caller does not mind."""
    known = {"": "csv", "*/*": "csv", "text/csv": "csv", "csv": "csv"}
    known |= {"application/json": "json", "application/jsonlines": "jsonlines"}
    for part in accept.split(","):
        kind = part.split(";")[0].strip().lower()
        if kind in known:
            return known[kind]
    raise Refused(406, f"Accept type {accept} is not supported. Please use text/csv, application/json.")


def encode(predictions: list[Any], kind: str, batch: bool) -> Answer:
    """csv is one line for a live request and one line a row in a batch job, as the AWS image does it."""
    if kind == "csv":
        return Answer(("\n" if batch else ",").join(map(str, predictions)).encode())
    scores = [{"score": prediction} for prediction in predictions]
    if kind == "json":
        return Answer(json.dumps({"predictions": scores}).encode(), "application/json")
    return Answer("\n".join(json.dumps(score) for score in scores).encode(), "application/jsonlines")
