"""The evaluation metrics: which exist, which are to grow, and those that the container computes itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

MAXIMIZED = (
    "accuracy", "auc", "aucpr", "balanced_accuracy", "f1", "f1_binary", "f1_macro", "map", "ndcg", "precision", "r2",
    "recall", "precision_macro", "precision_micro", "recall_macro", "recall_micro",
)  # fmt: skip
MINIMIZED = (
    "aft-nloglik", "cox-nloglik", "error", "gamma-deviance", "gamma-nloglik", "interval-regression-accuracy", "logloss",
    "mae", "mape", "merror", "mlogloss", "mphe", "mse", "poisson-nloglik", "rmse", "rmsle", "tweedie-nloglik",
)  # fmt: skip
METRICS = (*MAXIMIZED, *MINIMIZED)


def wanted(values: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """XGBoost's own metrics and the container's, from eval_metric and what a tuning job optimises."""
    tuned = str(values.get("_tuning_objective_metric", "")).rpartition(":")[2]
    asked = list(values.get("eval_metric", ()))
    names = sorted({*asked, tuned}) if tuned else asked
    return [name for name in names if name not in OWN], [name for name in names if name in OWN]


def stopping_metric(values: Mapping[str, Any]) -> str | None:
    """What early stopping looks at: the tuned metric, or the last one asked for."""
    tuned = str(values.get("_tuning_objective_metric", "")).rpartition(":")[2]
    return tuned or (values["eval_metric"][-1] if values.get("eval_metric") else None)


def classes_of(predictions: np.ndarray, objective: str) -> np.ndarray:
    """Classes from what a custom metric is given: one number a class, the class itself, a margin, a probability."""
    if predictions.ndim > 1:
        return np.asarray(np.argmax(predictions, axis=-1))
    if objective == "multi:softmax":
        return predictions.astype(int)
    return (predictions > (0 if objective == "binary:logitraw" else 0.5)).astype(int)


def _rates(labels: np.ndarray, guessed: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Precision, recall and F1 a class; 0 where nothing is to be divided by."""
    known = np.union1d(labels, guessed)
    hits = np.array([np.sum((labels == each) & (guessed == each)) for each in known], dtype=float)
    said = np.array([np.sum(guessed == each) for each in known], dtype=float)
    are = np.array([np.sum(labels == each) for each in known], dtype=float)

    def ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
        return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)

    return ratio(hits, said), ratio(hits, are), ratio(2 * hits, said + are)


def _binary(place: int) -> Callable[[np.ndarray, np.ndarray], float]:
    def metric(labels: np.ndarray, guessed: np.ndarray) -> float:
        if len(np.union1d(labels, guessed)) > 2:
            raise ValueError(
                "Target is multiclass but average='binary'. Please choose another average setting."
            )
        known = np.union1d(labels, guessed)
        return float(_rates(labels, guessed)[place][-1]) if 1 in known else 0.0

    return metric


def _macro(place: int) -> Callable[[np.ndarray, np.ndarray], float]:
    return lambda labels, guessed: float(np.mean(_rates(labels, guessed)[place]))


def _accuracy(labels: np.ndarray, guessed: np.ndarray) -> float:
    return float(np.mean(labels == guessed))


def _balanced(labels: np.ndarray, guessed: np.ndarray) -> float:
    recall = _rates(labels, guessed)[1]
    present = np.isin(np.union1d(labels, guessed), labels)
    return float(np.mean(recall[present]))


def _r2(labels: np.ndarray, predictions: np.ndarray) -> float:
    spread = float(np.sum((labels - labels.mean()) ** 2))
    return 1 - float(np.sum((labels - predictions) ** 2)) / spread if spread else 0.0


CLASSIFYING: dict[str, Callable[[np.ndarray, np.ndarray], float]] = {
    "accuracy": _accuracy, "balanced_accuracy": _balanced, "f1": _macro(2), "f1_binary": _binary(2),
    "f1_macro": _macro(2), "precision": _binary(0), "precision_macro": _macro(0), "precision_micro": _accuracy,
    "recall": _binary(1), "recall_macro": _macro(1), "recall_micro": _accuracy,
}  # fmt: skip
MEASURING: dict[str, Callable[[np.ndarray, np.ndarray], float]] = {
    "mse": lambda labels, predictions: float(np.mean((labels - predictions) ** 2)),
    "r2": _r2,
}
OWN = (*CLASSIFYING, *MEASURING)


def custom(
    names: Sequence[str], objective: str
) -> Callable[[np.ndarray, Any], list[tuple[str, float]]] | None:
    """The function that XGBoost calls after each round for the container's own metrics; None where none is wanted."""
    if not names:
        return None

    def measure(predictions: np.ndarray, matrix: Any) -> list[tuple[str, float]]:
        labels = matrix.get_label()
        guessed = (
            classes_of(predictions, objective) if any(name in CLASSIFYING for name in names) else predictions
        )
        return [
            (
                name,
                CLASSIFYING[name](labels, guessed)
                if name in CLASSIFYING
                else MEASURING[name](labels, predictions),
            )
            for name in names
        ]

    return measure
