"""Bias in data: the eight metrics of the developer guide, "Measure Pretraining Bias", for one facet and one label."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

from shares import Undefined, divide

DESCRIPTIONS = {
    "CDDL": "Conditional Demographic Disparity in Labels (CDDL)",
    "CI": "Class Imbalance (CI)",
    "DPL": "Difference in Positive Proportions in Labels (DPL)",
    "JS": "Jensen-Shannon Divergence (JS)",
    "KL": "Kullback-Liebler Divergence (KL)",
    "KS": "Kolmogorov-Smirnov Distance (KS)",
    "LP": "L-p Norm (LP)",
    "TVD": "Total Variation Distance (TVD)",
}


def imbalance(facet: Sequence[bool]) -> float:
    """CI: how many more records are outside of the facet."""
    inside, outside = sum(facet), len(facet) - sum(facet)
    if not outside:
        raise Undefined("CI: negated facet set is empty. Check that x[~facet] has non-zero length.")
    if not inside:
        raise Undefined("CI: facet set is empty. Check that x[facet] has non-zero length.")
    return (outside - inside) / len(facet)


def proportion_difference(facet: Sequence[bool], positive: Sequence[bool]) -> float:
    """DPL and DPPL: the share of positive ones outside, less that within the facet."""
    counts = Counter(zip(facet, positive, strict=True))
    outside, inside = counts[False, True] + counts[False, False], counts[True, True] + counts[True, False]
    if not outside:
        raise Undefined("Negative facet set is empty.")
    if not inside:
        raise Undefined("Facet set is empty.")
    return counts[False, True] / outside - counts[True, True] / inside


def distributions(facet: Sequence[bool], positive: Sequence[bool]) -> list[tuple[float, float]]:
    """The shares of each outcome outside of and within the facet, of the outcomes that both have."""
    counts = Counter(zip(facet, positive, strict=True))
    outside, inside = counts[False, True] + counts[False, False], counts[True, True] + counts[True, False]
    found = [
        (counts[False, outcome] / outside, counts[True, outcome] / inside)
        for outcome in (False, True)
        if outside and inside and counts[False, outcome] and counts[True, outcome]
    ]
    if not found:
        raise Undefined("No instance of common facet found, dataset may be too small")
    return found


def kullback_leibler(shares: Sequence[tuple[float, float]]) -> float:
    """KL: of what is outside from what is within."""
    return sum(outside * math.log(outside / inside) for outside, inside in shares)


def jensen_shannon(shares: Sequence[tuple[float, float]]) -> float:
    """JS: how far both are from their middle."""
    middles = [(outside + inside) / 2 for outside, inside in shares]
    from_outside = sum(a * math.log(a / m) for (a, _), m in zip(shares, middles, strict=True))
    from_inside = sum(d * math.log(d / m) for (_, d), m in zip(shares, middles, strict=True))
    return 0.5 * (from_outside + from_inside)


def disparity(facet: Sequence[bool], positive: Sequence[bool], groups: Sequence[Any] | None) -> float:
    """CDDL and CDDPL: the facet's share of the rejected less that of the accepted, averaged over groups."""
    if not groups:
        raise Undefined("Group variable is empty or not provided")
    if not any(positive):
        raise Undefined("No positive labels in set")
    if all(positive):
        raise Undefined("No negative labels in set")
    counts = Counter(zip(groups, positive, facet, strict=True))
    total = 0.0
    for name, size in Counter(groups).items():
        shares = {}
        for outcome in (True, False):
            inside = counts[name, outcome, True]
            whole = inside + counts[name, outcome, False]
            shares[outcome] = inside / whole if whole else 0.0
        total += size * (shares[False] - shares[True])
    return divide(total, len(groups))


def metric(name: str, facet: Sequence[bool], positive: Sequence[bool], groups: Sequence[Any] | None) -> float:
    """One metric; raises Undefined."""
    if name == "CI":
        return imbalance(facet)
    if name == "DPL":
        return proportion_difference(facet, positive)
    if name == "CDDL":
        return disparity(facet, positive, groups)
    shares = distributions(facet, positive)
    distances = [abs(outside - inside) for outside, inside in shares]
    if name == "KL":
        return kullback_leibler(shares)
    if name == "JS":
        return jensen_shannon(shares)
    if name == "LP":
        return math.sqrt(sum(distance**2 for distance in distances))
    return sum(distances) / 2 if name == "TVD" else max(distances)
