"""Causal chains of facts, with ids and times renamed in the order in which each chain first names them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

# What is drawn or measured: everything else of a fact must be the same when a run is repeated.
_DRAWN = re.compile(
    "|".join(
        (
            r"(?P<time>\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?(Z|[+-]\d\d:?\d\d)?)",
            r"(?P<hour>(?<=/)\d{4}/\d\d/\d\d/\d\d/\d\d-\d\d-\d{3})",
            r"(?P<folder>(?<=/)\d{4}/\d\d/\d\d/\d\d)",
            r"(?P<uuid>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})",
            r"(?P<monitoring>(?<=model-monitoring-)\d{12}-[0-9a-f]{24})",
            r"(?P<hex>\b[0-9a-f]{16,64}\b)",
            r"(?P<work>(?<=-)(?=[0-9a-f]*\d)[0-9a-f]{8}(?=\"))",
            r"(?P<execution>(?<=execution/)[a-z0-9]{12}|(?<=pipelines-)[a-z0-9]{12}|(?<=\d{12}/)[a-z0-9]{12}(?=\"))",
            r"(?P<job>(?<=[a-z]-)(?=[a-z]*[A-Z0-9])[A-Za-z0-9]{10}\b)",
            r"(?P<physical>(?<=-)(?=[0-9]*[A-Z])[A-Z0-9]{8,14}\b)",
            r"(?P<port>(?<=127\.0\.0\.1:)\d+|(?<=localhost:)\d+)",
            r"(?P<moment>\b1\d{9}(\d{3})?(\.\d+)?\b)",
        )
    )
)


def chains(facts: Iterable[dict[str, Any]]) -> set[str]:
    """Each fact with all its causes, the first cause first, one line a fact."""
    told: dict[int, str] = {}
    for fact in facts:
        before = told.get(fact["cause"], "")
        told[fact["sequence"]] = f"{before}{_line(fact)}\n"
    return {renamed(chain) for chain in told.values()}


def renamed(chain: str) -> str:
    """The chain with each drawn text replaced by its kind and the order of its first appearance."""
    names: dict[str, str] = {}

    def name(found: re.Match[str]) -> str:
        kind, text = found.lastgroup or "", found[0]
        if kind in ("time", "hour", "folder", "moment"):
            return f"<{kind}>"
        return names.setdefault(text, f"<{kind} {len(names) + 1}>")

    return _DRAWN.sub(name, chain)


def _line(fact: dict[str, Any]) -> str:
    detail = json.dumps(fact["detail"], sort_keys=True)
    return f"{fact['kind']} {fact['subject']} {fact['account']} {fact['region']} {detail}"
