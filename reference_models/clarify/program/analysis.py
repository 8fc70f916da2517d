"""analysis.json: the bias of every facet, before and after training, in AWS's form."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import post_training
import pre_training
from config import Config, InvalidConfig
from dataset import Table
from groups import Group, group, groups
from shares import Undefined


def document(table: Table, config: Config, predictions: Sequence[Any] | None) -> dict[str, Any]:
    """The whole report; raises InvalidConfig and InvalidDataset."""
    found: dict[str, Any] = {"version": "1.0"}
    labels = table.column(config.label)
    positive = group(labels, config.label_values)
    by_group = table.column(config.group) if config.group is not None else None
    if predictions is not None:
        predicted = said(predictions, labels, config)
        found["post_training_bias_metrics"] = section(
            table, config, positive, lambda facet: _post(table, config, facet, positive, predicted, by_group)
        )
    if config.pre_training:
        names = chosen(config.pre_training, pre_training.DESCRIPTIONS)

        def before(facet: Group) -> list[dict[str, Any]]:
            return [
                entry(
                    name,
                    pre_training.DESCRIPTIONS[name],
                    lambda n=name: pre_training.metric(n, facet.member, positive.member, by_group),  # type: ignore[misc]
                )
                for name in names
            ]

        found["pre_training_bias_metrics"] = section(table, config, positive, before)
    return found


def said(predictions: Sequence[Any], labels: Sequence[Any], config: Config) -> tuple[bool, ...]:
    """Which records were predicted as positive, by the same values or threshold as the label's."""
    if all(isinstance(each, bool) for each in predictions):
        return tuple(predictions)
    return group(predictions, config.label_values, labels).member


def section(
    table: Table, config: Config, positive: Group, measure: Callable[[Group], list[dict[str, Any]]]
) -> dict[str, Any]:
    """One of the two parts of the report."""
    facets = {
        table.name(facet.column): [
            {"value_or_threshold": each.name, "metrics": measure(each)}
            for each in groups(table.column(facet.column), facet.values)
        ]
        for facet in config.facets
    }
    return {
        "label": table.name(config.label),
        "facets": facets,
        "label_value_or_threshold": positive.name,
    }


def _post(
    table: Table,
    config: Config,
    facet: Group,
    positive: Group,
    predicted: tuple[bool, ...],
    by_group: Sequence[Any] | None,
) -> list[dict[str, Any]]:
    left_out = {table.name(each.column) for each in config.facets} | {table.name(config.label)}
    if config.predicted_label is not None:
        left_out.add(table.name(config.predicted_label))
    kept = [column for name, column in table.columns.items() if name not in left_out]
    others = list(zip(*kept, strict=True)) or [()] * len(predicted)
    evidence = post_training.Evidence(facet.member, positive.member, predicted, by_group, others)
    return [
        entry(name, post_training.DESCRIPTIONS[name], lambda n=name: post_training.metric(n, evidence))  # type: ignore[misc]
        for name in chosen(config.post_training, post_training.DESCRIPTIONS)
    ]


def chosen(names: Sequence[str], known: dict[str, str]) -> list[str]:
    """The metrics to compute, in the order of their names; raises InvalidConfig."""
    if tuple(names) == ("all",):
        return sorted(known)
    if strange := [name for name in names if name not in known]:
        raise InvalidConfig(f"{', '.join(strange)} is none of the metrics {', '.join(sorted(known))}")
    return sorted(names)


def entry(name: str, description: str, compute: Callable[[], float]) -> dict[str, Any]:
    """One metric of the report; one without a value says why."""
    try:
        value = compute()
    except Undefined as error:
        return {"name": name, "description": description, "value": None, "error": str(error)}
    shown = str(value).replace("inf", "Infinity") if math.isinf(value) else value
    return {"name": name, "description": description, "value": shown}
