"""The type of a value and of a column, as Deequ infers them from text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

INTEGRAL, FRACTIONAL, STRING, UNKNOWN = "Integral", "Fractional", "String", "Unknown"

_INTEGRAL = re.compile(r"[-+]? ?\d+")
# Deequ's own pattern has no exponent; Spark has read such a number before Deequ sees it, so here it is a number too.
_FRACTIONAL = re.compile(r"[-+]? ?(\d+\.\d*|\.\d+)([eE][-+]?\d+)?|[-+]? ?\d+[eE][-+]?\d+")


def as_text(value: Any) -> str | None:
    """A value of JSON or of a preprocessor as csv would hold it; None and the empty text are missing."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return None if value != value else _plain(value)
    return str(value)


def _plain(value: float) -> str:
    """Without exponent, and with a point even when it is whole."""
    text = format(Decimal(repr(value)), "f")
    return text if "." in text or not text.lstrip("-").isdigit() else text + ".0"


def type_of(text: str) -> str:
    """Integral, Fractional or String; true and false are words here, since constraints know no Boolean."""
    if _INTEGRAL.fullmatch(text):
        return INTEGRAL
    return FRACTIONAL if _FRACTIONAL.fullmatch(text) else STRING


def count_types(values: Iterable[str | None]) -> Counter[str]:
    """How many of the values that are there have each type."""
    return Counter(type_of(value) for value in values if value is not None)


def column_type(counts: Counter[str]) -> str:
    """One String makes a column of strings; one Fractional makes it Fractional; nothing at all is Unknown."""
    for kind in (STRING, FRACTIONAL, INTEGRAL):
        if counts[kind]:
            return kind
    return UNKNOWN


def number(text: str) -> float:
    """The value of a number's text; Deequ's pattern allows a space after the sign."""
    return float(text.replace(" ", ""))


def matching_share(counts: Counter[str], expected: str) -> float:
    """The share of values that fit the expected type: a whole number fits Fractional.

    Among words numbers are words too; where there is no word at all, nothing is String (aws/sagemaker-python-sdk's
    test_one_step_data_quality_pipeline_constraint_violation counts on it).
    """
    total = sum(counts.values())
    fitting = {
        INTEGRAL: counts[INTEGRAL],
        FRACTIONAL: counts[INTEGRAL] + counts[FRACTIONAL],
        STRING: total if total > counts[INTEGRAL] + counts[FRACTIONAL] else 0,
    }.get(expected, total)
    return fitting / total if total else 1.0
