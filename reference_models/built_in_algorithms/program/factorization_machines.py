"""Factorization machines: linear terms and pairs of features through shared factors, fitted by Adam on small batches.

Source: SageMaker developer guide, "Factorization Machines Algorithm" and its hyperparameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from program.algorithms import UserError, number, whole

REQUIRED = ("feature_dim", "num_factors", "predictor_type")
_PARTS = ("bias", "linear", "factors")


def train(values: Mapping[str, str], features: Any, labels: Any) -> dict[str, Any]:
    """The weights."""
    import numpy as np

    kind = values["predictor_type"]
    if kind not in ("regressor", "binary_classifier"):
        raise UserError(f"predictor_type must be binary_classifier or regressor, not {kind}")
    if labels is None:
        raise UserError("The training data has no labels")
    source = np.random.default_rng(0)
    model: dict[str, Any] = {
        "kind": kind,
        "bias": np.zeros(1),
        "linear": np.zeros(features.shape[1]),
        "factors": source.normal(0, 0.001, (features.shape[1], whole(values, "num_factors"))),
    }
    rates = {"bias": 0.1, "linear": 0.001, "factors": 0.0001}
    decays = {"bias": 0.01, "linear": 0.001, "factors": 0.00001}
    rates = {part: number(values, f"{part}_lr", rates[part]) for part in _PARTS}
    decays = {part: number(values, f"{part}_wd", decays[part]) for part in _PARTS}
    moments = {part: [np.zeros_like(model[part]), np.zeros_like(model[part])] for part in _PARTS}
    size, step = whole(values, "mini_batch_size", 1000), 0
    for _ in range(whole(values, "epochs", 1)):
        for batch in np.array_split(source.permutation(len(features)), max(1, len(features) // size)):
            step += 1
            gradients = _gradients(model, features[batch], labels[batch])
            for part in _PARTS:
                _adam(
                    model,
                    part,
                    gradients[part] + decays[part] * model[part],
                    moments[part],
                    rates[part],
                    step,
                )
    return model


def _adam(
    model: dict[str, Any], part: str, gradient: Any, moments: list[Any], rate: float, step: int
) -> None:
    import numpy as np

    moments[0] = 0.9 * moments[0] + 0.1 * gradient
    moments[1] = 0.999 * moments[1] + 0.001 * gradient**2
    first, second = moments[0] / (1 - 0.9**step), moments[1] / (1 - 0.999**step)
    model[part] = model[part] - rate * first / (np.sqrt(second) + 1e-8)


def scores(model: Mapping[str, Any], features: Any) -> Any:
    """The raw score of each row."""
    pairs = (features @ model["factors"]) ** 2 - features**2 @ model["factors"] ** 2
    return model["bias"] + features @ model["linear"] + 0.5 * pairs.sum(axis=1)


def shares(model: Mapping[str, Any], features: Any) -> Any:
    """The probability of the positive class."""
    import numpy as np

    return 1 / (1 + np.exp(-np.clip(scores(model, features), -500, 500)))


def _gradients(model: Mapping[str, Any], features: Any, labels: Any) -> dict[str, Any]:
    found = shares(model, features) if model["kind"] == "binary_classifier" else scores(model, features)
    error = (found - labels) / len(labels)
    crossed = features @ model["factors"]
    return {
        "bias": error.sum(keepdims=True),
        "linear": features.T @ error,
        "factors": features.T @ (error[:, None] * crossed)
        - (features**2).T @ error[:, None] * model["factors"],
    }


def measure(model: Mapping[str, Any], features: Any, labels: Any) -> dict[str, tuple[str, float]]:
    """What AWS's algorithm prints of its kind of predictor."""
    import numpy as np

    if labels is None:
        return {}
    if model["kind"] == "regressor":
        errors = scores(model, features) - labels
        mean = float(np.mean(errors**2))
        return {
            "rmse": ("loss", mean**0.5),
            "mse": ("loss", mean),
            "absolute_loss": ("loss", float(np.mean(np.abs(errors)))),
        }
    found = np.clip(shares(model, features), 1e-15, 1 - 1e-15)
    positive, true = found >= 0.5, labels > 0
    hits = float(np.sum(positive & true))
    both = float(positive.sum() + true.sum())
    entropy = -np.mean(np.where(true, np.log(found), np.log(1 - found)))
    return {
        "binary_classification_accuracy": ("score", float(np.mean(positive == true))),
        "binary_classification_cross_entropy": ("loss", float(entropy)),
        "binary_f_1.000": ("score", 2 * hits / both if both else 0.0),
    }


def predict(model: Mapping[str, Any], features: Any) -> list[dict[str, Any]]:
    """Each row's score, and its label where it has one."""
    if model["kind"] == "regressor":
        return [{"score": float(each)} for each in scores(model, features)]
    return [{"score": float(each), "predicted_label": float(each >= 0.5)} for each in shares(model, features)]
