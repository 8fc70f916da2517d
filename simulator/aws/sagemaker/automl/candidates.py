"""The candidates that a search tries, in order: each algorithm as it is, then each with other settings: pure.

Source of the algorithms of each mode: SageMaker developer guide, "Autopilot algorithm support"; those of the mode
ENSEMBLING that are not here (LightGBM, CatBoost, neural networks of torch and fastai) are left out of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_SETTINGS: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "xgboost": (
        {"n_estimators": 100, "max_depth": 6, "learning_rate": 0.3},
        {"n_estimators": 200, "max_depth": 3, "learning_rate": 0.1, "subsample": 0.8},
        {"n_estimators": 300, "max_depth": 4, "learning_rate": 0.05, "colsample_bytree": 0.7},
    ),
    "linear-learner": ({"penalty": 1.0}, {"penalty": 0.1}, {"penalty": 10.0}),
    "randomforest": (
        {"n_estimators": 100},
        {"n_estimators": 200, "max_depth": 10},
        {"n_estimators": 200, "min_samples_leaf": 4},
    ),
    "extra-trees": (
        {"n_estimators": 100},
        {"n_estimators": 200, "max_depth": 10},
        {"n_estimators": 200, "min_samples_leaf": 4},
    ),
    "mlp": ({"hidden": [32]}, {"hidden": [64, 32]}, {"hidden": [32], "alpha": 0.01}),
}
ALGORITHMS = tuple(_SETTINGS)
MODES: Mapping[str, tuple[str, ...]] = {
    "HYPERPARAMETER_TUNING": ("xgboost", "linear-learner", "mlp"),
    "ENSEMBLING": ("xgboost", "linear-learner", "randomforest", "extra-trees"),
    "AUTO": ("xgboost", "linear-learner", "randomforest", "extra-trees"),
}


@dataclass(frozen=True)
class Candidate:
    """What one candidate trains."""

    algorithm: str
    settings: Mapping[str, Any]


def algorithms(mode: str, wanted: Sequence[str]) -> tuple[str, ...]:
    """The algorithms of a mode, or those asked for."""
    return tuple(dict.fromkeys(wanted)) or MODES[mode]


def candidate(chosen: Sequence[str], index: int) -> Candidate:
    """The candidate with this index, counted from 0; there are three rounds."""
    name = chosen[index % len(chosen)]
    return Candidate(name, _SETTINGS[name][index // len(chosen)])
