"""The training of one candidate: fits its pipeline, prints its metrics on both sets, saves it."""

from __future__ import annotations

import json
from typing import Any

import candidates
import scores
import tables
from contract.layout import Layout

MODEL_NAME = "candidate.joblib"


def run(layout: Layout) -> None:
    """One training job."""
    import joblib

    given = layout.read_configuration("hyperparameters")
    target, problem = given["target"], given["problem_type"]
    train = tables.read(layout.channel("train"), target)
    validation = tables.read(layout.channel("validation"), target)
    bundle = fit(train, target, problem, given["algorithm"], json.loads(given.get("settings", "{}")))
    for name, frame in (("Train", train), ("Validation", validation)):
        for metric, value in scores.score(bundle, frame).items():
            print(f"{name}-{metric}={value:.8g}", flush=True)
    layout.model.mkdir(parents=True, exist_ok=True)
    joblib.dump(bundle, layout.model / MODEL_NAME)


def fit(train: Any, target: str, problem: str, algorithm: str, settings: dict[str, Any]) -> dict[str, Any]:
    """The trained candidate with what is needed to use it: features in order, their types, classes."""
    features = train.drop(columns=[target])
    classes = [] if problem == candidates.REGRESSION else sorted(train[target].unique().tolist())
    labels = train[target] if not classes else [classes.index(value) for value in train[target]]
    pipeline = candidates.pipeline(algorithm, problem, features, settings)
    pipeline.fit(features, labels)
    numeric = list(features.select_dtypes(include="number").columns)
    return {
        "pipeline": pipeline,
        "target": target,
        "problem_type": problem,
        "features": list(features.columns),
        "numeric": numeric,
        "classes": classes,
    }
