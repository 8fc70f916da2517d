"""The report that people read: the same values as analysis.json, as a page. AWS's is a notebook too; ours is not."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

SECTIONS = {
    "pre_training_bias_metrics": "Pre-training bias metrics",
    "post_training_bias_metrics": "Post-training bias metrics",
}


def page(document: Mapping[str, Any], settings: Mapping[str, Any]) -> str:
    """A page without anything from outside."""
    title = escape(str(settings.get("title", "Analysis Report")))
    parts = [_section(name, document[key]) for key, name in SECTIONS.items() if key in document]
    head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
    return f"{head}<h1>{title}</h1>{''.join(parts)}</html>\n"


def _section(name: str, section: Mapping[str, Any]) -> str:
    label = f"{section['label']}: {section['label_value_or_threshold']}"
    tables = [
        _table(f"{facet}: {group['value_or_threshold']}", group["metrics"])
        for facet, groups in section["facets"].items()
        for group in groups
    ]
    return f"<h2>{escape(name)}</h2><p>Label {escape(label)}</p>{''.join(tables)}"


def _table(caption: str, metrics: list[Mapping[str, Any]]) -> str:
    rows = "".join(
        f"<tr><td>{escape(metric['description'])}</td><td>{escape(str(_shown(metric)))}</td></tr>"
        for metric in metrics
    )
    return f"<table><caption>{escape(caption)}</caption>{rows}</table>"


def _shown(metric: Mapping[str, Any]) -> Any:
    return metric.get("error", "") if metric.get("value") is None else metric["value"]
