"""Values of the expression language as plain JSON, for plans and answers."""

from __future__ import annotations

from decimal import Decimal

from simulator.azure_devops.language.expressions.values import ArrayValue, ObjectValue, Value, number_text


def plain(value: Value) -> object:
    """A value as JSON can hold it; numbers as int or their text."""
    if isinstance(value, ObjectValue):
        return {name: plain(item) for name, item in value.items.items()}
    if isinstance(value, ArrayValue):
        return [plain(item) for item in value]
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else number_text(value)
    return str(value)
