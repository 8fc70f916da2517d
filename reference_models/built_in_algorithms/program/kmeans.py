"""K-means: clusters, and each row's nearest.

Source: SageMaker developer guide, "K-Means Algorithm"; its web-scale solver is here scikit-learn's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from program.algorithms import UserError, whole

REQUIRED = ("k", "feature_dim")


def train(values: Mapping[str, str], features: Any, labels: Any) -> dict[str, Any]:
    """The centres of `k` clusters."""
    from sklearn.cluster import MiniBatchKMeans

    count, start = whole(values, "k"), values.get("init_method", "random")
    if start not in ("random", "kmeans++"):
        raise UserError(f"init_method must be random or kmeans++, not {start}")
    if count > len(features):
        raise UserError(f"k is {count}, but there are only {len(features)} rows")
    found = MiniBatchKMeans(
        n_clusters=count,
        init="k-means++" if start == "kmeans++" else "random",
        batch_size=whole(values, "mini_batch_size", 5000),
        max_iter=whole(values, "epochs", 1) * 10,
        n_init=1,
        random_state=0,
    ).fit(features)
    return {"centres": found.cluster_centers_}


def nearest(model: Mapping[str, Any], features: Any) -> tuple[Any, Any]:
    """Number and distance of each row's nearest centre."""
    from sklearn.metrics import pairwise_distances_argmin_min

    numbers, distances = pairwise_distances_argmin_min(features, model["centres"])
    return numbers, distances


def measure(model: Mapping[str, Any], features: Any, labels: Any) -> dict[str, tuple[str, float]]:
    """Mean and sum of squared distances."""
    squares = nearest(model, features)[1] ** 2
    return {"msd": ("loss", float(squares.mean())), "ssd": ("loss", float(squares.sum()))}


def predict(model: Mapping[str, Any], features: Any) -> list[dict[str, Any]]:
    """Each row's cluster."""
    return [
        {"closest_cluster": float(number), "distance_to_cluster": float(distance)}
        for number, distance in zip(*nearest(model, features), strict=True)
    ]
