"""Numbers out of the evaluation files that training code writes, whatever their nesting. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_MOST = 24


@dataclass(frozen=True)
class Metric:
    """A metric; `deviation` is its standard deviation where the file gives one."""

    name: str
    value: float
    deviation: float | None = None


def metrics(document: Any) -> list[Metric]:
    """The metrics of a model quality file (`{"regression_metrics": {"rmse": {"value": ...}}}` or plain numbers)."""
    return list(_found(document, ""))[:_MOST]


def _found(value: Any, name: str) -> Iterator[Metric]:
    if isinstance(value, Mapping):
        if _is_number(value.get("value")):
            deviation: Any = value.get("standard_deviation")
            yield Metric(name, float(value["value"]), float(deviation) if _is_number(deviation) else None)
            return
        for key, each in value.items():
            yield from _found(each, str(key))
    elif _is_number(value):
        yield Metric(name, float(value))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
