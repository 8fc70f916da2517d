"""The built-in algorithm: trains a booster from the channels, prints its metrics, saves the model."""

from __future__ import annotations

from collections.abc import Mapping

from contract.layout import Layout

from program import channels, models
from program.cross_validation import cross_validate
from program.errors import AlgorithmError, UserError
from program.hosts import Cluster
from program.hyperparameters import validate
from program.job import Job
from program.library import image_version, load_xgboost

# Of what XGBoost refuses, this is the caller's doing, as AWS's container sorts it.
CALLERS_FAULT = (
    "label must be in [0,1] for logistic regression", "label must be in [0, num_class)",
    "Target is multiclass but average='binary'", "feature_names mismatch",
    "Check failed: preds.size() == info.labels_.size()", "base_score must be in (0,1)",
    "PoissonRegression: label must be nonnegative", "TweedieRegression: label must be nonnegative",
    "Parameter reg_lambda should be greater equal to 0",
)  # fmt: skip


def train(layout: Layout, hyperparameters: Mapping[str, str]) -> None:
    """One training job on this host; raises UserError for what the caller got wrong, AlgorithmError for the rest."""
    values = validate(hyperparameters, image_version())
    if values.get("use_dask_gpu_training") == "true":
        raise UserError("Distributed GPU training through Dask is not offered by this image")
    formats = channels.validate(layout.read_configuration("inputdataconfig"))
    weighted = bool(values.get("csv_weights"))
    tables = {
        name: channels.read(layout.channel(name), name, formats[name], weighted)
        for name in ("train", "validation")
        if name in formats
    }
    xgboost = load_xgboost()
    cluster = Cluster.of(layout.read_configuration("resourceconfig"))
    job = Job(xgboost, layout, values, tables, cluster)
    try:
        with cluster.joined(xgboost):
            boosters = (
                cross_validate(job) if "_kfold" in values else [job.fit(job.matrices["train"], None)[0]]
            )
    except UserError:
        raise
    except Exception as failure:
        said = str(failure)
        if any(text in said for text in CALLERS_FAULT):
            raise UserError(said) from failure
        raise AlgorithmError(f"XGB train call failed with exception:\n {said}") from failure
    if cluster.is_master:
        models.save_all(boosters, layout.model, image_version())
