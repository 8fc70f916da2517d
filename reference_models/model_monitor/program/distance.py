"""How far two distributions are apart: the largest difference of their cumulative shares, as Deequ measures it."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Mapping

C_ALPHA = 1.8  # Deequ's constant for alpha = 0.003 in the two-sample Kolmogorov-Smirnov test


def linf_robust(simple: float, n: float, m: float) -> float:
    """The difference less what chance explains in samples of n and m."""
    return max(0.0, simple - C_ALPHA * math.sqrt((n + m) / (n * m)))


def numerical(ranks: Mapping[float, int], others: Mapping[float, int], robust: bool) -> float:
    """Distance of two rank maps whose keys are in order; 0.0 when one is empty."""
    if not ranks or not others:
        return 0.0
    one, other = _cumulative(ranks), _cumulative(others)
    simple = max(abs(one(key) - other(key)) for key in ranks.keys() | others.keys())
    return linf_robust(simple, max(ranks.values()), max(others.values())) if robust else simple


def categorical(counts: Mapping[str, int], others: Mapping[str, int], robust: bool) -> float:
    """Distance of two counts of words; 0.0 when one is empty."""
    n, m = sum(counts.values()), sum(others.values())
    if not n or not m:
        return 0.0
    words = counts.keys() | others.keys()
    simple = max(abs(counts.get(word, 0) / n - others.get(word, 0) / m) for word in words)
    return linf_robust(simple, n, m) if robust else simple


def _cumulative(ranks: Mapping[float, int]) -> Callable[[float], float]:
    """The share of all ranks up to and with a key."""
    keys, values = list(ranks), list(ranks.values())

    def share(key: float) -> float:
        position = bisect_right(keys, key)
        return values[position - 1] / values[-1] if position else 0.0

    return share
