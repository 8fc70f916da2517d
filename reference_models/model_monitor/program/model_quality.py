"""Model quality: predictions against the truth, constraints suggested from them or compared with.

In the environment: `analysis_type` MODEL_QUALITY, `problem_type`, `inference_attribute`, `probability_attribute`,
`probability_threshold_attribute`, `ground_truth_attribute` (names of columns, or their indices). Left in the output
path: statistics.json, constraints.json and, where `baseline_constraints` names a file, constraint_violations.json.
"""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import model_metrics
from column_statistics import VERSION
from datasets import Columns
from model_metrics import Pair
from settings import NotOffered, Settings

FEWEST_FOR_DEVIATION, SAMPLES, SAMPLE_SHARE = 200, 5, 0.8
DEFAULT_THRESHOLD = 0.5
SAME = 1e-9
LESS, GREATER = "LessThanThreshold", "GreaterThanThreshold"
STEMS = {
    "Regression": "regression",
    "BinaryClassification": "binary_classification",
    "MulticlassClassification": "multiclass_classification",
}
_COMPUTE: dict[str, Callable[[Sequence[Pair]], dict[str, float]]] = {
    "Regression": model_metrics.regression,
    "BinaryClassification": model_metrics.binary,
    "MulticlassClassification": model_metrics.multiclass,
}
_WORSE_WHEN_GREATER = frozenset({"mae", "mse", "rmse", "false_positive_rate", "false_negative_rate"})


class NoColumn(Exception):
    """An attribute names no column of the dataset; the text says which."""


def problem(settings: Settings) -> str:
    """The problem type; raises NotOffered for one that is not known."""
    kind = settings.attributes.get("problem_type", "")
    if kind not in STEMS:
        raise NotOffered(f"problem_type {kind!r} is not one of {', '.join(STEMS)}")
    return kind


def pairs(columns: Columns, settings: Settings) -> list[Pair]:
    """What was true and what was predicted, of each record that has both; raises NoColumn."""
    kind, attributes = problem(settings), settings.attributes
    truths = column(columns, attributes.get("ground_truth_attribute", ""))
    names = {name: attributes.get(f"{name}_attribute", "") for name in ("inference", "probability")}
    probabilities = column(columns, names["probability"]) if names["probability"] else [None] * len(truths)
    if names["inference"]:
        predictions = column(columns, names["inference"])
    elif names["probability"] and kind == "BinaryClassification":
        threshold = float(attributes.get("probability_threshold_attribute") or DEFAULT_THRESHOLD)
        predictions = [None if p is None else str(int(float(p) > threshold)) for p in probabilities]
    else:
        raise NoColumn("inference_attribute must be given")
    return [
        Pair(label(truth), label(said), None if probability is None else float(probability))
        for truth, said, probability in zip(truths, predictions, probabilities, strict=True)
        if truth is not None and said is not None
    ]


def column(columns: Columns, name: str) -> list[str | None]:
    """A column by its name or its index; raises NoColumn."""
    if name in columns:
        return columns[name]
    if f"_c{name}" in columns:
        return columns[f"_c{name}"]
    raise NoColumn(f"Column {name!r} is not in the dataset, which has {', '.join(columns)}")


def label(text: str) -> str:
    """A label as it is compared: 1, 1.0 and true are the same."""
    if text.lower() in ("true", "false"):
        return str(int(text.lower() == "true"))
    try:
        number = float(text)
    except ValueError:
        return text
    return str(int(number)) if number.is_integer() else repr(number)


def measure(kind: str, records: Sequence[Pair]) -> dict[str, Any]:
    """The metrics' part of statistics.json; the deviation is that of five samples, and of few records none."""
    values = _COMPUTE[kind](records)
    found: dict[str, Any] = {}
    if kind != "Regression":
        found["confusion_matrix"] = model_metrics.confusion(records)
    deviations = deviation(kind, records)
    found |= {
        name: {"value": value, "standard_deviation": deviations.get(name, "NaN")}
        for name, value in values.items()
    }
    if "auc" in values:
        across, up = model_metrics.operating_curve(records)
        curve = {"false_positive_rates": across, "true_positive_rates": up}
        found["receiver_operating_characteristic_curve"] = curve
        precisions, recalls = model_metrics.precision_recall_curve(records)
        found["precision_recall_curve"] = {"precisions": precisions, "recalls": recalls}
    return found


def deviation(kind: str, records: Sequence[Pair]) -> dict[str, float]:
    """How much each metric varies between samples of four fifths; nothing for fewer than 200 records."""
    if len(records) < FEWEST_FOR_DEVIATION:
        return {}
    chance = random.Random(0)
    size = int(len(records) * SAMPLE_SHARE)
    samples = [_COMPUTE[kind](chance.sample(list(records), size)) for _ in range(SAMPLES)]
    return {name: statistics.stdev(sample[name] for sample in samples) for name in samples[0]}


def statistics_document(kind: str, records: Sequence[Pair], measured: Mapping[str, Any]) -> dict[str, Any]:
    """statistics.json."""
    return {
        "version": VERSION,
        "dataset": {"item_count": len(records)},
        f"{STEMS[kind]}_metrics": dict(measured),
    }


def constraints_document(kind: str, measured: Mapping[str, Any]) -> dict[str, Any]:
    """constraints.json: no metric may become worse than it is here."""
    suggested = {
        name: {
            "threshold": metric["value"],
            "comparison_operator": GREATER if name in _WORSE_WHEN_GREATER else LESS,
        }
        for name, metric in measured.items()
        if "value" in metric and not name.endswith("_best_constant_classifier")
    }
    return {"version": VERSION, f"{STEMS[kind]}_constraints": suggested}


def violations(kind: str, measured: Mapping[str, Any], baseline: Mapping[str, Any]) -> list[dict[str, str]]:
    """What is worse than a baseline's constraints."""
    found = []
    for name, constraint in baseline.get(f"{STEMS[kind]}_constraints", {}).items():
        if name not in measured:
            continue
        value, operator = measured[name]["value"], constraint["comparison_operator"]
        threshold = float(constraint["threshold"])
        worse = value < threshold if operator == LESS else value > threshold
        # A baseline of AWS's own container was summed in another order: its last digit is not a change.
        if worse and not math.isclose(value, threshold, rel_tol=SAME):
            text = f"Metric {name} with {value} was {operator} '{constraint['threshold']}'"
            found.append({"constraint_check_type": operator, "description": text, "metric_name": name})
    return found
