"""What an algorithm of this image is, and which there are."""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from typing import Any, Protocol

NAMES = {"kmeans": "kmeans", "knn": "nearest_neighbors", "factorization-machines": "factorization_machines"}


class UserError(Exception):
    """The caller's mistake; the text becomes the failure reason."""


class Algorithm(Protocol):
    """One algorithm: `train` gives what `predict` and `measure` use; features are a matrix, labels a vector or None."""

    REQUIRED: tuple[str, ...]

    def train(self, values: Mapping[str, str], features: Any, labels: Any) -> dict[str, Any]: ...

    def measure(
        self, model: Mapping[str, Any], features: Any, labels: Any
    ) -> dict[str, tuple[str, float]]: ...

    def predict(self, model: Mapping[str, Any], features: Any) -> list[dict[str, Any]]: ...


def chosen() -> Algorithm:
    """The algorithm that the platform says this container is."""
    name = os.environ["SAGEMAKER_BUILT_IN_ALGORITHM"]
    module: Algorithm = importlib.import_module(f"program.{NAMES[name]}")  # type: ignore[assignment]
    return module


def plain(values: Mapping[str, Any]) -> dict[str, str]:
    """Hyperparameters without the quotation marks that the SDK puts around words."""
    return {name: str(value).strip().strip('"') for name, value in values.items()}


def number(values: Mapping[str, str], name: str, default: float | None = None) -> float:
    """A hyperparameter as a number; raises UserError where it is missing or none."""
    text = values.get(name)
    if text is None:
        if default is None:
            raise UserError(f"Required hyperparameter is missing: {name}")
        return default
    try:
        return float(text)
    except ValueError as error:
        raise UserError(f"Hyperparameter {name} has the value {text}, which is no number") from error


def whole(values: Mapping[str, str], name: str, default: int | None = None) -> int:
    """A hyperparameter as a positive whole number."""
    found = number(values, name, default)
    if found != int(found) or found < 1:
        raise UserError(
            f"Hyperparameter {name} has the value {values.get(name)}, which is no positive integer"
        )
    return int(found)
