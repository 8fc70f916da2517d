"""K-nearest neighbours, as classifier or regressor over a sample of the rows.

Source: SageMaker developer guide, "K-Nearest Neighbors (k-NN) Algorithm"; the index is here scikit-learn's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from program.algorithms import UserError, whole

REQUIRED = ("k", "feature_dim", "predictor_type", "sample_size")


def train(values: Mapping[str, str], features: Any, labels: Any) -> dict[str, Any]:
    """The index over the sample."""
    import numpy as np
    from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

    kinds = {"classifier": KNeighborsClassifier, "regressor": KNeighborsRegressor}
    kind = values["predictor_type"]
    if kind not in kinds:
        raise UserError(f"predictor_type must be classifier or regressor, not {kind}")
    if labels is None:
        raise UserError("The training data has no labels")
    size = min(whole(values, "sample_size"), len(features))
    chosen = np.random.default_rng(0).permutation(len(features))[:size]
    neighbours = min(whole(values, "k"), size)
    return {"kind": kind, "index": kinds[kind](neighbours).fit(features[chosen], labels[chosen])}


def measure(model: Mapping[str, Any], features: Any, labels: Any) -> dict[str, tuple[str, float]]:
    """Accuracy, or mean squared error."""
    import numpy as np

    if labels is None:
        return {}
    found = model["index"].predict(features)
    if model["kind"] == "classifier":
        return {"accuracy": ("score", float(np.mean(found == labels)))}
    return {"mse": ("loss", float(np.mean((found - labels) ** 2)))}


def predict(model: Mapping[str, Any], features: Any) -> list[dict[str, Any]]:
    """Each row's label."""
    return [{"predicted_label": float(each)} for each in model["index"].predict(features)]
