"""Training with any algorithm of this image: reads channels, prints quality metrics as AWS's algorithms do, saves."""

from __future__ import annotations

import pickle
import time
from collections.abc import Mapping

from contract.layout import Layout

from program import algorithms, tables
from program.algorithms import UserError

MODEL_NAME = "model_algo-1"


def train(layout: Layout, hyperparameters: Mapping[str, str]) -> None:
    """One training job; raises UserError."""
    algorithm = algorithms.chosen()
    values = algorithms.plain(hyperparameters)
    for name in algorithm.REQUIRED:
        if name not in values:
            raise UserError(f"Required hyperparameter is missing: {name}")
    channels = layout.read_configuration("inputdataconfig")
    if "train" not in channels:
        raise UserError("Missing required channel: train")
    started = time.monotonic()
    read = {
        name: tables.channel(layout.channel(name), channels[name].get("ContentType") or "")
        for name in ("train", "test")
        if name in channels
    }
    features, labels = read["train"]
    dimension = int(algorithms.number(values, "feature_dim", features.shape[1]))
    if dimension != features.shape[1]:
        raise UserError(
            f"The data has {features.shape[1]} features, the hyperparameter feature_dim is {dimension}"
        )
    model = algorithm.train(values, features, labels)
    for part, (rows, truth) in read.items():
        for name, (kind, value) in algorithm.measure(model, rows, truth).items():
            print(f"#quality_metric: host=algo-1, {part} {name} <{kind}>={value}", flush=True)
    layout.model.mkdir(parents=True, exist_ok=True)
    (layout.model / MODEL_NAME).write_bytes(pickle.dumps(model))
    print(f"#metrics total time {time.monotonic() - started:.3f} s", flush=True)
