"""Kinds of the Feature Store: feature groups."""

from __future__ import annotations

from simulator.aws.sagemaker.kinds.kind import IN_USE, NOT_FOUND, Kind, constant

FEATURE_GROUP = Kind(
    "FeatureGroup", "feature-group", begins="Creating", missing=NOT_FOUND, taken=IN_USE,
    first=constant(NextToken=""),
)  # fmt: skip
