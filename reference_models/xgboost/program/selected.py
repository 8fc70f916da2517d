"""Selected content of a prediction (SAGEMAKER_INFERENCE_OUTPUT): label, probabilities and scores of each row.

Source: developer guide, "Autopilot inference container definitions", and the public container.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from contract.web import Answer, Refused

SCORED = ("predicted_score",)
GUESSED = ("predicted_label", "labels", "raw_score", "raw_scores")
LIKELY = (*GUESSED, "probability", "probabilities")
KEYS = {
    "reg:squarederror": SCORED, "reg:logistic": SCORED, "reg:gamma": SCORED, "reg:absoluteerror": SCORED,
    "reg:tweedie": SCORED, "binary:logistic": LIKELY, "binary:logitraw": GUESSED, "binary:hinge": GUESSED,
    "multi:softmax": GUESSED, "multi:softprob": LIKELY,
}  # fmt: skip


def describe(
    predictions: np.ndarray, keys: Sequence[str], objective: str, classes: int
) -> list[dict[str, Any]]:
    """The selected content of each row; what the objective does not give is NaN. Raises Refused."""
    if objective not in KEYS:
        raise Refused(500, f"Objective `{objective}` unsupported for selectable inference predictions.")
    return [
        {key: content(key, row, objective, classes) if key in KEYS[objective] else np.nan for key in keys}
        for row in predictions
    ]


def content(key: str, row: Any, objective: str, classes: int) -> Any:
    """One selected thing of one row."""
    many = objective == "multi:softprob"
    if key == "labels":
        return list(range(classes)) if objective.startswith("multi:") else [0, 1]
    if key == "predicted_label":
        if many:
            return int(np.argmax(row))
        limit = {"binary:logistic": 0.5, "binary:logitraw": 0.0}.get(objective)
        return float(row) if limit is None else int(row > limit)
    if key in ("probability", "raw_score"):
        return float(np.max(row))
    if key in ("probabilities", "raw_scores"):
        return [float(each) for each in row] if many else [1.0 - float(row), float(row)]
    return float(row)


def encode_selected(rows: list[dict[str, Any]], keys: Sequence[str], kind: str, batch: bool) -> Answer:
    """As json, as lines of json, or as csv in which a list stands in quotation marks."""
    if kind == "application/json":
        return Answer(json.dumps({"predictions": rows}).encode(), kind)
    if kind == "application/jsonlines":
        return Answer("".join(f"{json.dumps(row)}\n" for row in rows).encode(), kind)
    if kind == "text/csv":
        cells = [
            [f'"{row[key]}"' if isinstance(row[key], list) else str(row[key]) for key in keys] for row in rows
        ]
        return Answer(("\n".join(map(",".join, cells)) + ("\n" if batch else "")).encode(), kind)
    raise Refused(500, f"Cannot encode selected predictions into accept type '{kind}'.")
