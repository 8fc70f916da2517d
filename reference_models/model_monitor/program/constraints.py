"""Suggests constraints from a dataset, and reads those of a baseline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from column_statistics import MOST_WORDS, VERSION, Column
from data_types import STRING
from settings import NotOffered

# A text column is a set of categories when few of its values are there only once.
MOST_SINGLE_SHARE = 0.1

DEFAULT_CONFIGURATION: dict[str, Any] = {
    "evaluate_constraints": "Enabled",
    "emit_metrics": "Enabled",
    "datatype_check_threshold": 1.0,
    "domain_content_threshold": 1.0,
    "distribution_constraints": {
        "perform_comparison": "Enabled",
        "comparison_threshold": 0.1,
        "comparison_method": "Robust",
        "categorical_comparison_threshold": 0.1,
        "categorical_drift_method": "LInfinity",
    },
}


def suggest(columns: list[Column]) -> dict[str, Any]:
    """The document constraints.json for a baseline."""
    return {
        "version": VERSION,
        "features": [constrain(column) for column in columns],
        "monitoring_config": DEFAULT_CONFIGURATION,
    }


def constrain(column: Column) -> dict[str, Any]:
    """One feature: its type, how complete it is, and what its values have in common."""
    feature: dict[str, Any] = {
        "name": column.name,
        "inferred_type": column.kind,
        "completeness": column.completeness,
    }
    if column.numbers:
        feature["num_constraints"] = {"is_non_negative": min(column.numbers) >= 0}
    elif column.kind == STRING and is_categorical(column):
        feature["string_constraints"] = {"domains": sorted(column.words)}
    return feature


def is_categorical(column: Column) -> bool:
    """Whether the words of a column are a closed set."""
    singles = sum(1 for count in column.words.values() if count == 1)
    return len(column.words) <= MOST_WORDS and singles / len(column.words) <= MOST_SINGLE_SHARE


@dataclass(frozen=True)
class Rules:
    """How strictly one feature is checked: the baseline's configuration and the feature's own overrides."""

    evaluate: bool
    emit_metrics: bool
    datatype_threshold: float
    domain_threshold: float
    compare: bool
    comparison_threshold: float
    categorical_threshold: float
    robust: bool


def rules(document: dict[str, Any], feature: dict[str, Any] | None = None) -> Rules:
    """The rules for a feature, or for the dataset; raises NotOffered for a drift method this image does not know."""
    configuration = merged(DEFAULT_CONFIGURATION, document.get("monitoring_config", {}))
    for name in ("monitoring_config_overrides", "monitoringConfigOverrides"):
        configuration = merged(configuration, (feature or {}).get(name, {}))
    comparison = configuration["distribution_constraints"]
    if comparison["categorical_drift_method"] != "LInfinity":
        raise NotOffered(
            f"categorical_drift_method {comparison['categorical_drift_method']} is not offered by this image"
        )
    return Rules(
        evaluate=enabled(configuration["evaluate_constraints"]),
        emit_metrics=enabled(configuration["emit_metrics"]),
        datatype_threshold=float(configuration["datatype_check_threshold"]),
        domain_threshold=float(configuration["domain_content_threshold"]),
        compare=enabled(comparison.get("enable_comparisons", comparison["perform_comparison"])),
        comparison_threshold=float(comparison["comparison_threshold"]),
        categorical_threshold=float(comparison["categorical_comparison_threshold"]),
        robust=comparison["comparison_method"] == "Robust",
    )


def enabled(value: Any) -> bool:
    """Enabled or Disabled; the oldest files have true and false."""
    return value is True or value == "Enabled"


def merged(defaults: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """`given` over `defaults`, documents within documents too."""
    result = dict(defaults)
    for name, value in given.items():
        inner = result.get(name)
        result[name] = merged(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else value
    return result
