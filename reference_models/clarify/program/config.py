"""analysis_config.json as values; what this image does not do is refused by name.

Source: developer guide, "Configure the Analysis" of Clarify processing jobs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_METHODS = ("pre_training_bias", "post_training_bias", "report")
_REFUSED = (
    "predicted_label_dataset_uri",
    "predicted_label_headers",
    "facet_dataset_uri",
    "facet_headers",
    "features",
)


class NotOffered(Exception):
    """The setting exists on AWS and this image does not do it; the text names it."""


class InvalidConfig(Exception):
    """The configuration contradicts itself or lacks something; the text says what."""


@dataclass(frozen=True)
class Facet:
    """A column whose groups are compared, and the values (or the threshold) of the group of interest."""

    column: str | int
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Config:
    """One analysis."""

    label: str | int
    label_values: tuple[Any, ...]
    facets: tuple[Facet, ...]
    headers: tuple[str, ...] = ()
    group: str | int | None = None
    predicted_label: str | int | None = None
    excluded: tuple[str | int, ...] = ()
    join_source: str | int | None = None
    probability_threshold: float = 0.5
    predictor: Mapping[str, Any] = field(default_factory=dict)
    pre_training: tuple[str, ...] = ()
    post_training: tuple[str, ...] = ()
    report: Mapping[str, Any] = field(default_factory=dict)


def read_config(file: Path) -> Config:
    """Raises InvalidConfig and NotOffered."""
    try:
        document = json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise InvalidConfig(f"analysis_config.json cannot be read: {error}") from error
    if not isinstance(document, dict):
        raise InvalidConfig("analysis_config.json must be an object")
    return parse(document)


def parse(document: Mapping[str, Any]) -> Config:
    """Raises InvalidConfig and NotOffered."""
    methods = document.get("methods", {})
    _refuse(document, methods)
    if not methods.get("pre_training_bias") and not methods.get("post_training_bias"):
        raise InvalidConfig("methods must have pre_training_bias or post_training_bias")
    for member in ("label", "label_values_or_threshold", "facet"):
        if member not in document:
            raise InvalidConfig(f"{member} is required for an analysis of bias")
    facets = document["facet"] if isinstance(document["facet"], list) else [document["facet"]]
    return Config(
        label=document["label"],
        label_values=tuple(document["label_values_or_threshold"]),
        facets=tuple(
            Facet(each["name_or_index"], tuple(each.get("value_or_threshold") or ())) for each in facets
        ),
        headers=tuple(document.get("headers") or ()),
        group=document.get("group_variable"),
        predicted_label=document.get("predicted_label"),
        excluded=_listed(document.get("excluded_columns")),
        join_source=document.get("joinsource_name_or_index"),
        probability_threshold=float(document.get("probability_threshold", 0.5)),
        predictor=document.get("predictor") or {},
        pre_training=_chosen(methods, "pre_training_bias"),
        post_training=_chosen(methods, "post_training_bias"),
        report=methods.get("report") or {},
    )


def _refuse(document: Mapping[str, Any], methods: Mapping[str, Any]) -> None:
    for method in methods:
        if method not in _METHODS:
            raise NotOffered(f"method {method} is not offered by this image; it does {', '.join(_METHODS)}")
    for member in _REFUSED:
        if document.get(member):
            raise NotOffered(f"{member} is not offered by this image")
    kind = document.get("dataset_type", "text/csv")
    if kind != "text/csv":
        raise NotOffered(f"dataset_type {kind} is not offered by this image; it reads text/csv")


def _chosen(methods: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """The names of metrics, `("all",)` for all of them."""
    chosen = (methods.get(name) or {}).get("methods", ())
    return (chosen,) if isinstance(chosen, str) else tuple(chosen)


def _listed(value: Any) -> tuple[str | int, ...]:
    if value is None:
        return ()
    return tuple(value) if isinstance(value, list) else (value,)
