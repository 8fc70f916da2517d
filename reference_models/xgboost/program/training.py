"""The built-in algorithm: trains a booster from the channels, prints its metrics, saves the model."""

from __future__ import annotations

import os
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from contract.layout import Layout

from program import channels
from program.hyperparameters import UserError, library_parameters, metrics, validate
from program.library import load_xgboost

MODEL_NAME = "xgboost-model"
DEFAULT_VERSION = "1.7-1"
SMALL_TABLE_CELLS = 200_000  # below this, waking threads costs more than the trees


def image_version() -> tuple[int, int]:
    """Major and minor version of the AWS image that this one stands for, from SM_XGBOOST_VERSION (`1.7-1`)."""
    major, minor = os.environ.get("SM_XGBOOST_VERSION", DEFAULT_VERSION).split("-")[0].split(".")[:2]
    return int(major), int(minor)


def train(layout: Layout, hyperparameters: Mapping[str, str]) -> None:
    """One training job; raises UserError for what the caller got wrong."""
    values = validate(hyperparameters)
    tables = read_channels(layout, bool(values.get("csv_weights")))
    refuse_many_hosts(layout)
    xgboost = load_xgboost()
    matrices = {name: channels.matrix(xgboost, table) for name, table in tables.items()}
    parameters = library_parameters(values)
    if tables["train"].features.size < SMALL_TABLE_CELLS:
        parameters.setdefault("nthread", 1)
    if metrics(values):
        parameters["eval_metric"] = metrics(values)
    booster = xgboost.train(
        parameters,
        matrices["train"],
        num_boost_round=values["num_round"],
        evals=[(matrix, name) for name, matrix in matrices.items()],
        early_stopping_rounds=values.get("early_stopping_rounds"),
        verbose_eval=False,
        callbacks=[metric_printer(xgboost)],
    )
    layout.model.mkdir(parents=True, exist_ok=True)
    save(booster, layout.model / MODEL_NAME, image_version())


def read_channels(layout: Layout, csv_weights: bool) -> dict[str, channels.Table]:
    """The train channel and, if there is one, the validation channel."""
    configured = layout.read_configuration("inputdataconfig")
    if "train" not in configured:
        raise UserError("Missing required channel: train")
    return {
        name: channels.read(layout.channel(name), configured[name].get("ContentType"), csv_weights)
        for name in ("train", "validation")
        if name in configured
    }


def refuse_many_hosts(layout: Layout) -> None:
    """Says by name what this image does not do."""
    hosts = layout.read_configuration("resourceconfig").get("hosts", ["algo-1"])
    if len(hosts) > 1:
        raise UserError(f"Training on {len(hosts)} hosts is not offered by this image; use one instance")


def metric_printer(xgboost: Any) -> Any:
    """Prints each round as the log of the AWS image shows it: #011 is how the log escapes its tab."""

    class MetricPrinter(xgboost.callback.TrainingCallback):  # type: ignore[misc]
        def after_iteration(self, model: Any, epoch: int, evals_log: Mapping[str, Any]) -> bool:
            parts = [f"[{epoch}]"]
            for data, history in evals_log.items():
                parts += [f"{data}-{metric}:{values[-1]:.5f}" for metric, values in history.items()]
            print("#011".join(parts), flush=True)
            return False

    return MetricPrinter()


def save(booster: Any, path: Path, version: tuple[int, int]) -> None:
    """As the image of that version saves: a pickle before 1.3, XGBoost's own format since."""
    if version < (1, 2):
        path.write_bytes(pickle.dumps(booster))
    elif version < (1, 3):
        path.write_bytes(pickle.dumps(booster, protocol=4))
    else:
        path.write_bytes(bytes(booster.save_raw("ubj")))
