"""Predictions of the built-in algorithm: csv, libsvm or recordio-protobuf in, csv or json out."""

from __future__ import annotations

import csv
import json
import os
from typing import Any

import numpy as np
from contract.layout import Layout
from contract.web import Answer, Invoke, Refused

from program import models
from program.channels import CONTENT_TYPES
from program.library import image_version, load_xgboost
from program.selected import describe, encode_selected

ACCEPTS = ("application/json", "application/jsonlines", "application/x-recordio-protobuf", "text/csv")
VOTING = ("multi:softmax", "binary:hinge")


class Predictor:
    """The boosters of a model and what they were trained for."""

    def __init__(self, xgboost: Any, boosters: list[Any]) -> None:
        self.xgboost, self.boosters = xgboost, boosters
        learner = json.loads(boosters[0].save_config())["learner"]
        self.objective: str = learner["objective"]["name"]
        self.classes = int(learner["learner_model_param"].get("num_class") or 0)
        self.width = boosters[0].num_features()

    def predict(self, features: Any, kind: str) -> np.ndarray:
        """One prediction a row; several boosters vote or are averaged. Raises Refused for rows that do not fit."""
        given = features.shape[1]
        if kind == "libsvm":
            if given > self.width + 1:
                self._misfit(
                    f"Feature size of libsvm inference data {given} is larger than feature size of trained model "
                    f"{self.width}."
                )
            features = _widened(features, self.width)
        elif given not in (self.width, self.width - 1):
            self._misfit(
                f"Feature size of {kind} inference data {given} is not consistent with feature size of trained model "
                f"{self.width}."
            )
        matrix = self.xgboost.DMatrix(_widened(features, self.width))
        guesses = [each.predict(matrix, validate_features=False) for each in self.boosters]
        if len(guesses) == 1:
            return np.asarray(guesses[0])
        if self.objective in VOTING:
            votes = np.stack(guesses)
            return np.array([np.bincount(column.astype(int)).argmax() for column in votes.T], dtype=float)
        return np.asarray(np.mean(guesses, axis=0))

    def _misfit(self, text: str) -> None:
        raise Refused(400, f"Unable to evaluate payload provided: {text}")


def _widened(features: Any, width: int) -> Any:
    """Rows with missing values where they are shorter than the model, and without what it never saw."""
    if not isinstance(features, np.ndarray):
        dense = np.full(features.shape, np.nan)
        rows, columns = features.nonzero()
        dense[rows, columns] = features[rows, columns]
        features = dense
    short = width - features.shape[1]
    if short > 0:
        return np.column_stack([features, np.full((len(features), short), np.nan)])
    return features[:, :width]


def invoker(layout: Layout) -> Invoke:
    """Loads the model now, so that a missing or broken one fails the start."""
    xgboost = load_xgboost()
    ensemble = os.environ.get("SAGEMAKER_INFERENCE_ENSEMBLE", "true") == "true"
    predictor = Predictor(xgboost, models.load_all(xgboost, layout.model, ensemble))

    def invoke(body: bytes, content_type: str, accept: str) -> Answer:
        return answer(predictor, body, content_type, accept)

    return invoke


def answer(predictor: Predictor, body: bytes, content_type: str, accept: str) -> Answer:
    """One invocation; raises Refused with the status that the AWS image gives, in its order of looking."""
    if not body:
        return Answer(b"", status=204)
    kind = kind_of(content_type)
    predictions = predictor.predict(parse(body, content_type, kind), kind)
    accepted = accepted_type(accept)
    batch = os.environ.get("SAGEMAKER_BATCH", "").lower() == "true"
    selected = os.environ.get("SAGEMAKER_INFERENCE_OUTPUT")
    if selected:
        keys = selected.replace(" ", "").lower().split(",")
        described = describe(predictions, keys, predictor.objective, predictor.classes)
        return encode_selected(described, keys, accepted, batch)
    return encode(predictions.tolist(), accepted, batch)


def kind_of(content_type: str) -> str:
    """csv, libsvm or recordio-protobuf; libsvm when the caller says nothing, as in the AWS image."""
    if not content_type:
        return "libsvm"
    kind = CONTENT_TYPES.get(content_type.split(";")[0].strip().lower())
    if kind is None:
        known = ", ".join(CONTENT_TYPES)
        raise Refused(415, f"{content_type} is not an accepted ContentType: {known}.")
    if kind == "parquet":
        raise Refused(415, f"Content-type {content_type} is not supported.")
    return kind


def parse(body: bytes, content_type: str, kind: str) -> Any:
    """The rows of the body; raises Refused."""
    try:
        if kind == "csv":
            return parse_csv(body.decode().strip())
        if kind == "libsvm":
            return parse_libsvm(body.decode().strip())
        from program.recordio import read_records

        return read_records(body)[1]
    except Exception as failure:
        raise Refused(
            415,
            f"Loading {kind} data failed with Exception, please ensure data is in {kind} format:\n {type(failure)}\n "
            f"{failure}",
        ) from failure


def parse_csv(text: str) -> np.ndarray:
    """Rows of numbers without a label; an empty field is a missing value."""
    first = text.partition("\n")[0][:512]
    delimiter = "," if "," in first else csv.Sniffer().sniff(first).delimiter if not _number(first) else ","
    rows = [
        [float(each) if each.strip() else np.nan for each in line.split(delimiter)]
        for line in text.split("\n")
    ]
    return np.array(rows, dtype=float)


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def parse_libsvm(text: str) -> np.ndarray:
    """Rows of index:value, with or without a label before them."""
    rows = []
    for line in text.split("\n"):
        pairs = [item.split(":") for item in line.split() if ":" in item]
        rows.append({int(index): float(value) for index, value in pairs})
    width = max((max(row, default=-1) for row in rows), default=-1) + 1
    values = np.full((len(rows), width), np.nan)
    for number, row in enumerate(rows):
        for index, value in row.items():
            values[number, index] = value
    return values


def accepted_type(accept: str) -> str:
    """The type to answer in; csv, or SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT, when the caller does not mind."""
    kind = accept.split(";")[0].strip()
    if kind in ("", "*/*"):
        return os.environ.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", "text/csv")
    if kind.lower() not in ACCEPTS:
        raise Refused(
            406, f"Accept type {kind} is not supported. Please use supported accept types: {list(ACCEPTS)}."
        )
    return kind.lower()


def live_csv(predictions: list[Any]) -> str:
    """The images before 1.2 joined by commas; since then it is a line a row (public container, its tags)."""
    if image_version() < (1, 2):
        return ",".join(map(str, predictions))
    rows = (",".join(map(str, each)) if isinstance(each, list) else str(each) for each in predictions)
    return "".join(f"{row}\n" for row in rows)


def encode(predictions: list[Any], kind: str, batch: bool) -> Answer:
    """A batch job's answer is a line a row, whatever is accepted; a live one is csv or json."""
    if batch:
        return Answer(("\n".join(map(str, predictions)) + "\n").encode(), kind)
    if kind == "application/json":
        scores = [{"score": prediction} for prediction in predictions]
        return Answer(json.dumps({"predictions": scores}).encode(), kind)
    if kind == "application/jsonlines":
        return Answer("\n".join(json.dumps({"score": each}) for each in predictions).encode(), kind)
    if kind == "text/csv":
        return Answer(live_csv(predictions).encode())
    raise Refused(
        500, f"Predictions are not written as {kind} unless SAGEMAKER_INFERENCE_OUTPUT selects them."
    )
