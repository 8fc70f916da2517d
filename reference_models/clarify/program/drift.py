"""What is worse than a baseline: constraint_violations.json of a bias check.

Source: developer guide, "Schema for Violations for Model Bias": a value farther from equality than the baseline's is a
violation. Equality is 0, of the ratio DI 1.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

SECTIONS = ("post_training_bias_metrics", "pre_training_bias_metrics")
RATIOS = frozenset({"DI"})
SAME = 1e-9


def violations(document: Mapping[str, Any], baseline: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each metric that has a baseline and is worse."""
    before = dict(values(baseline))
    return [
        {
            "facet": key[1],
            "facet_value": key[2],
            "metric_name": key[3],
            "constraint_check_type": "bias_drift_check",
            "description": f"Value {value} does not meet the constraint requirement",
        }
        for key, value in values(document)
        if key in before and is_worse(key[3], value, before[key])
    ]


def values(document: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str, str, str], float]]:
    """Every metric that has a value, by section, facet, group and name."""
    for section in SECTIONS:
        for facet, groups in document.get(section, {}).get("facets", {}).items():
            for group in groups:
                for metric in group["metrics"]:
                    if metric.get("value") is not None:
                        key = (section, facet, group["value_or_threshold"], metric["name"])
                        yield key, float(metric["value"])


def is_worse(name: str, value: float, baseline: float) -> bool:
    """Farther from equality, by more than the last digits in which sums in another order differ."""
    equality = 1.0 if name in RATIOS else 0.0
    far, before = abs(value - equality), abs(baseline - equality)
    return far > before and not math.isclose(far, before, rel_tol=SAME, abs_tol=SAME)
