"""The metrics of a model against the truth: regression, binary and multiclass, as the developer guide names them.

Source: developer guide, "Model Quality Metrics". The constant classifier there always says the greatest label, in both
of its examples; curves have a point for each probability, from (0, ...) on, as Spark draws them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

POSITIVE = "1"
BETAS = {"f0_5": 0.5, "f1": 1.0, "f2": 2.0}


@dataclass(frozen=True)
class Pair:
    """One record: what was true, what was predicted and, for two classes, how probable the positive one was."""

    truth: str
    prediction: str
    probability: float | None = None


def ratio(part: float, whole: float) -> float:
    """A share; 0 of nothing."""
    return part / whole if whole else 0.0


def f_beta(precision: float, recall: float, beta: float) -> float:
    """The weighted harmonic mean of both."""
    return ratio((1 + beta**2) * precision * recall, beta**2 * precision + recall)


def regression(pairs: Sequence[Pair]) -> dict[str, float]:
    """mae, mse, rmse and r2."""
    truths = [float(pair.truth) for pair in pairs]
    errors = [truth - float(pair.prediction) for truth, pair in zip(truths, pairs, strict=True)]
    mean = math.fsum(truths) / len(truths)
    squares = math.fsum(error**2 for error in errors)
    spread = math.fsum((truth - mean) ** 2 for truth in truths)
    mse = squares / len(pairs)
    return {
        "mae": math.fsum(abs(error) for error in errors) / len(pairs),
        "mse": mse,
        "rmse": math.sqrt(mse),
        "r2": 1 - squares / spread if spread else 0.0,
    }


def confusion(pairs: Sequence[Pair]) -> dict[str, dict[str, int]]:
    """Rows are what was true, columns what was predicted."""
    labels = sorted({pair.truth for pair in pairs} | {pair.prediction for pair in pairs}, key=label_order)
    counts = Counter((pair.truth, pair.prediction) for pair in pairs)
    return {truth: {said: counts[truth, said] for said in labels} for truth in labels}


def label_order(label: str) -> tuple[int, float, str]:
    """Numbers by their value, before words."""
    try:
        return (0, float(label), "")
    except ValueError:
        return (1, 0.0, label)


def binary(pairs: Sequence[Pair]) -> dict[str, float]:
    """What can be said of two classes, of which `1` is the positive one; `auc` where there are probabilities."""
    counts = Counter((pair.truth == POSITIVE, pair.prediction == POSITIVE) for pair in pairs)
    hits, false_alarms = counts[True, True], counts[False, True]
    misses, quiet = counts[True, False], counts[False, False]
    recall, precision = ratio(hits, hits + misses), ratio(hits, hits + false_alarms)
    alarm_rate, share = ratio(false_alarms, false_alarms + quiet), ratio(hits + misses, len(pairs))
    always = 1.0 if hits + misses else 0.0
    found = {
        "recall": recall,
        "precision": precision,
        "accuracy": ratio(hits + quiet, len(pairs)),
        "recall_best_constant_classifier": always,
        "precision_best_constant_classifier": share,
        "accuracy_best_constant_classifier": share,
        "true_positive_rate": recall,
        "true_negative_rate": 1 - alarm_rate if false_alarms + quiet else 0.0,
        "false_positive_rate": alarm_rate,
        "false_negative_rate": ratio(misses, hits + misses),
    }
    if all(pair.probability is not None for pair in pairs):
        found["auc"] = area(*operating_curve(pairs))
    found |= {name: f_beta(precision, recall, beta) for name, beta in BETAS.items()}
    return found | {
        f"{name}_best_constant_classifier": f_beta(share, always, beta) for name, beta in BETAS.items()
    }


def multiclass(pairs: Sequence[Pair]) -> dict[str, float]:
    """Accuracy, and the classes' recall, precision and F weighted by how often each is true."""
    constant = max((pair.truth for pair in pairs), key=label_order)
    always = [Pair(pair.truth, constant) for pair in pairs]
    return {**_weighted(pairs, ""), **_weighted(always, "_best_constant_classifier")}


def _weighted(pairs: Sequence[Pair], suffix: str) -> dict[str, float]:
    true, said = Counter(pair.truth for pair in pairs), Counter(pair.prediction for pair in pairs)
    right = Counter(pair.truth for pair in pairs if pair.truth == pair.prediction)
    total = dict.fromkeys(("recall", "precision", *BETAS), 0.0)
    for label, count in true.items():
        share = count / len(pairs)
        recall, precision = right[label] / count, ratio(right[label], said[label])
        total["recall"] += share * recall
        total["precision"] += share * precision
        for name, beta in BETAS.items():
            total[name] += share * f_beta(precision, recall, beta)
    found = {f"accuracy{suffix}": sum(right.values()) / len(pairs)}
    return found | {f"weighted_{name}{suffix}": value for name, value in total.items()}


def operating_curve(pairs: Sequence[Pair]) -> tuple[list[float], list[float]]:
    """False and true positive rates for each probability as the threshold, from (0, 0) to (1, 1)."""
    points = _cumulative(pairs)
    negatives, positives = (points[-1][0], points[-1][1]) if points else (0, 0)
    across = [0.0, *(ratio(false, negatives) for false, _ in points), 1.0]
    up = [0.0, *(ratio(true, positives) for _, true in points), 1.0]
    return across, up


def precision_recall_curve(pairs: Sequence[Pair]) -> tuple[list[float], list[float]]:
    """Precisions and recalls for each probability as the threshold."""
    points = _cumulative(pairs)
    positives = points[-1][1] if points else 0
    precisions = [ratio(true, true + false) for false, true in points]
    recalls = [ratio(true, positives) for _, true in points]
    return [*precisions[:1], *precisions], [0.0, *recalls]


def _cumulative(pairs: Sequence[Pair]) -> list[tuple[int, int]]:
    """How many false and true ones are at least as probable, for each probability from the greatest down."""
    counts = Counter((pair.probability or 0.0, pair.truth == POSITIVE) for pair in pairs)
    found, false, true = [], 0, 0
    for threshold in sorted({pair.probability or 0.0 for pair in pairs}, reverse=True):
        false += counts[threshold, False]
        true += counts[threshold, True]
        found.append((false, true))
    return found


def area(across: Sequence[float], up: Sequence[float]) -> float:
    """The area under a curve, by trapezoids."""
    points = list(zip(across, up, strict=True))
    return math.fsum((right[0] - left[0]) * (left[1] + right[1]) / 2 for left, right in pairwise(points))
