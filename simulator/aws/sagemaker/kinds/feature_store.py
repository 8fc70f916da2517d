"""Kinds of the Feature Store: feature groups."""

from __future__ import annotations

from simulator.aws.sagemaker.kinds.kind import IN_USE, NOT_FOUND, Kind, constant

_TAKEN = (IN_USE[0], f"{IN_USE[1]}\nInfo: Feature Group '{{name}}' already exists.")

FEATURE_GROUP = Kind(
    "FeatureGroup",
    "feature-group",
    begins="Creating",
    missing=NOT_FOUND,
    taken=_TAKEN,
    first=constant(NextToken=""),
)
