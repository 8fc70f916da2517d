"""Which reference image stands in for an AWS image, and what AWS knows of its algorithm's metrics: pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_URI = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/(?P<repository>[^:@]+)(?:[:@].*)?"
)


@dataclass(frozen=True)
class Image:
    """A reference image and the metrics that AWS reads from the algorithm's log without being told."""

    name: str
    metrics: tuple[Mapping[str, str], ...] = ()


def _xgboost_metrics() -> tuple[Mapping[str, str], ...]:
    """XGBoost's own metric definitions. Source: SageMaker developer guide, "Tune an XGBoost model", metrics table."""
    number = r"([-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)"
    names = (
        "rmse",
        "mae",
        "logloss",
        "error",
        "merror",
        "mlogloss",
        "auc",
        "ndcg",
        "map",
        "mse",
        "accuracy",
        "f1",
    )
    return tuple(
        {"Name": f"{part}:{name}", "Regex": rf".*\[[0-9]+\].*#011{part}-{name}:{number}.*"}
        for part in ("train", "validation")
        for name in names
    )


REPOSITORIES: Mapping[str, Image] = {
    "sagemaker-xgboost": Image("xgboost", _xgboost_metrics()),
    "sagemaker-scikit-learn": Image("scikit_learn"),
    "sagemaker-sklearn-automl": Image("automl"),
    "sagemaker-model-monitor-analyzer": Image("model_monitor"),
}
"""AWS's own repositories, in whichever account AWS keeps them in a region."""


def resolve(uri: str) -> Image | None:
    """The reference image for an image URI, None where we have none."""
    match = _URI.fullmatch(uri)
    return REPOSITORIES.get(match["repository"]) if match else None


def definitions(uri: str, given: Sequence[Mapping[str, str]]) -> tuple[Mapping[str, str], ...]:
    """The metric definitions of a training job: those given, else those of the algorithm."""
    image = resolve(uri)
    return tuple(given) or (image.metrics if image else ())


def measured(metrics: Sequence[Mapping[str, str]], line: str) -> list[tuple[str, float]]:
    """The metrics that a line of the log reports, as (name, value)."""
    found = []
    for metric in metrics:
        match = re.search(metric["Regex"], line)
        if match and match.groups():
            value = _number(match[1])
            if value is not None:
                found.append((metric["Name"], value))
    return found


def _number(text: Any) -> float | None:
    try:
        return float(text)
    except (TypeError, ValueError):
        return None
