"""Describes every column: statistics.json, and the numbers that the checks need."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

import kll
from data_types import FRACTIONAL, INTEGRAL, STRING, UNKNOWN, column_type, count_types, number
from datasets import Columns

VERSION = 0.0
MOST_WORDS = 100  # a text column with more different values is not described value by value


@dataclass(frozen=True)
class Column:
    """One column of the dataset, measured once."""

    name: str
    kind: str
    types: Counter[str]
    present: int
    missing: int
    numbers: list[float]
    levels: list[list[float]]
    words: Counter[str]

    @property
    def completeness(self) -> float:
        """The share of values that are there."""
        total = self.present + self.missing
        return self.present / total if total else 0.0


def measure(name: str, values: list[str | None]) -> Column:
    """Type, counts and, by type, the sketch or the words of one column."""
    types = count_types(values)
    kind = column_type(types)
    there = [value for value in values if value is not None]
    numbers = [number(value) for value in there] if kind in (INTEGRAL, FRACTIONAL) else []
    return Column(
        name=name,
        kind=kind,
        types=types,
        present=len(there),
        missing=len(values) - len(there),
        numbers=numbers,
        levels=kll.sketch(numbers) if numbers else [],
        words=Counter(there) if kind == STRING else Counter(),
    )


def measure_all(columns: Columns) -> list[Column]:
    """Every column in its order."""
    return [measure(name, values) for name, values in columns.items()]


def statistics(columns: list[Column]) -> dict[str, Any]:
    """The document statistics.json."""
    count = columns[0].present + columns[0].missing if columns else 0
    return {
        "version": VERSION,
        "dataset": {"item_count": count},
        "features": [describe(column) for column in columns],
    }


def describe(column: Column) -> dict[str, Any]:
    """One feature of the document."""
    feature: dict[str, Any] = {"name": column.name, "inferred_type": column.kind}
    common = {"num_present": column.present, "num_missing": column.missing}
    if column.numbers:
        feature["numerical_statistics"] = {"common": common, **moments(column)}
    elif column.kind == UNKNOWN:
        feature["numerical_statistics"] = {"common": common}
    else:
        feature["string_statistics"] = {
            "common": common,
            "distinct_count": float(len(column.words)),
            "distribution": {"categorical": {"buckets": word_buckets(column.words)}},
        }
    return feature


def moments(column: Column) -> dict[str, Any]:
    """Mean, sum, population standard deviation, range and distribution."""
    values = column.numbers
    total, low, high = math.fsum(values), min(values), max(values)
    mean = total / len(values)
    return {
        "mean": mean,
        "sum": total,
        "std_dev": math.sqrt(math.fsum((value - mean) ** 2 for value in values) / len(values)),
        "min": low,
        "max": high,
        "distribution": {"kll": kll.describe(column.levels, low, high)},
    }


def word_buckets(words: Counter[str]) -> list[dict[str, Any]]:
    """The most frequent words first; those of equal count in alphabetical order."""
    ordered = sorted(words.items(), key=lambda item: (-item[1], item[0]))[:MOST_WORDS]
    return [{"value": word, "count": count} for word, count in ordered]
