"""Compares a dataset with a baseline's constraints and statistics: the six checks and the distances of drift."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import distance
import kll
from column_statistics import Column
from constraints import Rules, rules
from data_types import STRING, UNKNOWN, matching_share


@dataclass(frozen=True)
class Violation:
    """One entry of constraint_violations.json."""

    feature_name: str
    constraint_check_type: str
    description: str


def check(
    columns: list[Column], constraints: dict[str, Any], statistics: dict[str, Any] | None
) -> tuple[list[Violation], dict[str, float]]:
    """All violations in the order of the baseline's features, and the drift of each feature that can be compared."""
    violations = columns_check(columns, constraints) if rules(constraints).evaluate else []
    there = {column.name: column for column in columns}
    described = {feature["name"]: feature for feature in (statistics or {}).get("features", [])}
    drifts: dict[str, float] = {}
    for feature in constraints.get("features", []):
        column = there.get(feature["name"])
        if column is None:
            continue
        own = rules(constraints, feature)
        found = feature_checks(column, feature, own)
        drift = drift_of(column, described.get(column.name), own)
        if drift is not None:
            drifts[column.name] = drift
            found += drift_check(column, drift, own)
        violations += found if own.evaluate else []
    return violations, drifts


def columns_check(columns: list[Column], constraints: dict[str, Any]) -> list[Violation]:
    """Only the numbers of columns are compared, as on AWS."""
    here, expected = len(columns), len(constraints.get("features", []))
    if here == expected:
        return []
    word = "missing" if here < expected else "extra"
    text = (
        f"There are {word} columns in current dataset. Number of columns in current dataset: {here}, "
        f"Number of columns in baseline constraints: {expected}"
    )
    return [Violation(f"{word.capitalize()} columns", f"{word}_column_check", text)]


def feature_checks(column: Column, feature: dict[str, Any], own: Rules) -> list[Violation]:
    """Type, completeness and categories of one column."""
    found = []
    expected = feature["inferred_type"]
    share = matching_share(column.types, expected)
    if expected != UNKNOWN and share < own.datatype_threshold:
        text = (
            f"Data type match requirement is not met. Expected data type: {expected}, "
            f"Expected match: {own.datatype_threshold * 100}%. Observed: Only {share * 100}% of data is {expected}."
        )
        found.append(Violation(column.name, "data_type_check", text))
    if column.completeness < feature.get("completeness", 0.0):
        found.append(Violation(column.name, "completeness_check", unmet(column.completeness)))
    domains = feature.get("string_constraints", {}).get("domains")
    if domains and column.kind == STRING and column.present:
        known = sum(count for word, count in column.words.items() if word in set(domains)) / column.present
        if known < own.domain_threshold:
            found.append(Violation(column.name, "categorical_values_check", unmet(known)))
    return found


def unmet(value: float) -> str:
    """Deequ's own words, with the space that it leaves for a hint."""
    return f"Value: {value} does not meet the constraint requirement! "


def drift_of(column: Column, baseline: dict[str, Any] | None, own: Rules) -> float | None:
    """The distance from the baseline's distribution; None when there is none to compare with."""
    if baseline is None or not own.compare:
        return None
    numbers = baseline.get("numerical_statistics", {}).get("distribution", {}).get("kll")
    if numbers and column.levels:
        ranks = kll.rank_map(numbers["sketch"]["data"])
        return distance.numerical(kll.rank_map(column.levels), ranks, own.robust)
    words = baseline.get("string_statistics", {}).get("distribution", {}).get("categorical")
    if words and column.words:
        counts = {bucket["value"]: int(bucket["count"]) for bucket in words["buckets"]}
        return distance.categorical(column.words, counts, own.robust)
    return None


def drift_check(column: Column, drift: float, own: Rules) -> list[Violation]:
    """A violation when the distance is above the threshold of its kind."""
    threshold = own.categorical_threshold if column.words else own.comparison_threshold
    if drift <= threshold:
        return []
    text = f"Baseline drift distance: {drift} exceeds threshold: {threshold}"
    return [Violation(column.name, "baseline_drift_check", text)]
