"""Two distributions of one feature as shapes of one picture: what training saw, and what was captured. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT = 320.0, 110.0


@dataclass(frozen=True)
class Shape:
    """One distribution: `outline` is an SVG path, closed at the ground; `mean` an x, or None."""

    outline: str
    mean: float | None


@dataclass(frozen=True)
class Plot:
    """One feature in picture coordinates; `low` and `high` are the ends of its axis in the feature's own unit."""

    feature: str
    low: float
    high: float
    baseline: Shape
    captured: Shape
    baseline_mean: float
    captured_mean: float
    violation: str = ""


@dataclass(frozen=True)
class _Step:
    low: float
    high: float
    density: float


def plots(
    baseline: Mapping[str, Any], captured: Mapping[str, Any], violations: Mapping[str, str]
) -> list[Plot]:
    """A plot for each numerical feature of both statistics.json; those with a violation come first."""
    before = {feature["name"]: feature for feature in baseline.get("features", [])}
    found = [
        plot(before[feature["name"]], feature, violations.get(feature["name"], ""))
        for feature in captured.get("features", [])
        if _steps(feature) and feature["name"] in before and _steps(before[feature["name"]])
    ]
    return sorted(found, key=lambda each: not each.violation)


def plot(before: Mapping[str, Any], after: Mapping[str, Any], violation: str = "") -> Plot:
    """One feature's two histograms over one axis, each with an area of its own density."""
    first, second = _steps(before), _steps(after)
    low = min(step.low for step in first + second)
    high = max(step.high for step in first + second)
    top = max(step.density for step in first + second) or 1.0
    wide = (high - low) or 1.0

    def shape(steps: list[_Step], feature: Mapping[str, Any]) -> Shape:
        mean = feature["numerical_statistics"].get("mean")
        at = None if mean is None else round((float(mean) - low) / wide * WIDTH, 1)
        return Shape(_outline(steps, low, wide, top), at)

    return Plot(
        str(after["name"]),
        low,
        high,
        shape(first, before),
        shape(second, after),
        float(before["numerical_statistics"].get("mean", 0.0)),
        float(after["numerical_statistics"].get("mean", 0.0)),
        violation,
    )


def _steps(feature: Mapping[str, Any]) -> list[_Step]:
    """The buckets of a feature's KLL sketch as densities; none for a feature that is not numerical."""
    found = feature.get("numerical_statistics", {}).get("distribution", {}).get("kll", {}).get("buckets", [])
    whole = sum(float(bucket["count"]) for bucket in found) or 1.0
    return [
        _Step(
            float(bucket["lower_bound"]),
            float(bucket["upper_bound"]),
            float(bucket["count"])
            / whole
            / max(float(bucket["upper_bound"]) - float(bucket["lower_bound"]), 1e-12),
        )
        for bucket in found
    ]


def _outline(steps: list[_Step], low: float, wide: float, top: float) -> str:
    def x(value: float) -> str:
        return f"{(value - low) / wide * WIDTH:.1f}"

    def y(density: float) -> str:
        return f"{HEIGHT - density / top * (HEIGHT - 6):.1f}"

    tops = [f"L{x(step.low)} {y(step.density)}L{x(step.high)} {y(step.density)}" for step in steps]
    return f"M{x(steps[0].low)} {HEIGHT}{''.join(tops)}L{x(steps[-1].high)} {HEIGHT}Z"
