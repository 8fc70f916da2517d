"""Whether a record satisfies a search expression: properties by path, operators, nested filters. Pure.

Source: botocore's model (SearchExpression, Filter, NestedFilters); SageMaker API reference, "Filter".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

Record = Mapping[str, Any]
_PARTS_OF_PAIRS = {"Tags": ("Key", "Value"), "Metrics": ("MetricName", "Last"),
                   "FinalMetricDataList": ("MetricName", "Value")}  # fmt: skip


def holds(expression: Mapping[str, Any], record: Record) -> bool:
    """Whether the record satisfies filters, nested filters and sub-expressions, all of them or, with Or, any."""
    parts = [
        *(_filter(each, record) for each in expression.get("Filters", ())),
        *(_nested(each, record) for each in expression.get("NestedFilters", ())),
        *(holds(each, record) for each in expression.get("SubExpressions", ())),
    ]
    together: Callable[[list[bool]], bool] = any if expression.get("Operator") == "Or" else all
    return not parts or together(parts)


def values(record: Any, path: str) -> list[Any]:
    """What a dotted path leads to; lists are gone through, names may themselves have dots (`Parameters.a.b`)."""
    if isinstance(record, list):
        return [found for each in record for found in values(each, path)]
    if not isinstance(record, Mapping):
        return []
    words = path.split(".")
    for length in range(len(words), 0, -1):
        name, rest = ".".join(words[:length]), ".".join(words[length:])
        if name in record:
            found = record[name]
            if rest and name in _PARTS_OF_PAIRS and isinstance(found, list):
                return _of_pairs(found, name, rest)
            return values(found, rest) if rest else [_plain(found)]
    return []


def _of_pairs(pairs: list[Any], member: str, rest: str) -> list[Any]:
    """`Tags.team` and `Metrics.loss`, or `Metrics.loss.Min`: pairs of a name and a value read as properties."""
    name_member, value_member = _PARTS_OF_PAIRS[member]
    for pair in pairs:
        name = str(pair.get(name_member))
        if rest == name:
            return [pair.get(value_member)]
        if rest.startswith(f"{name}.") and (word := rest[len(name) + 1 :].title()) in pair:
            return [pair[word]]
    return values(pairs, rest)


def _plain(value: Any) -> Any:
    """The value of a trial component's parameter or artifact, which is wrapped."""
    if isinstance(value, Mapping):
        for member in ("NumberValue", "StringValue", "Value"):
            if member in value:
                return value[member]
    return value


def _filter(asked: Mapping[str, Any], record: Record) -> bool:
    found = [each for each in values(record, asked["Name"]) if each is not None]
    operator, wanted = asked.get("Operator", "Equals"), str(asked.get("Value", ""))
    if operator == "Exists":
        return bool(found)
    if operator == "NotExists":
        return not found
    if operator == "NotEquals":
        return not any(_equal(each, wanted) for each in found)
    return any(_OPERATORS[operator](each, wanted) for each in found)


def _nested(asked: Mapping[str, Any], record: Record) -> bool:
    """One element of the list must satisfy every filter; their names may begin with that of the list."""
    name = asked["NestedPropertyName"]
    elements = [
        each for found in values(record, name) for each in (found if isinstance(found, list) else [found])
    ]
    filters = [{**each, "Name": each["Name"].removeprefix(f"{name}.")} for each in asked["Filters"]]
    return any(all(_filter(each, element) for each in filters) for element in elements)


def _equal(value: Any, wanted: str) -> bool:
    compared = _compared(value, wanted)
    return compared == 0 if compared is not None else str(value) == wanted


def _compared(value: Any, wanted: str) -> int | None:
    """-1, 0 or 1 of numbers, or of moments (ISO 8601 or seconds) against times; None where they are neither."""
    left, right = number(value), number(wanted)
    if left is None or isinstance(value, bool):
        return None
    if right is None:
        try:
            right = datetime.fromisoformat(wanted).timestamp()
        except ValueError:
            return None
    return (left > right) - (left < right)


def number(value: Any) -> float | None:
    """The value as a number, if it is one."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _ordered(*signs: int) -> Callable[[Any, str], bool]:
    return lambda value, wanted: _compared(value, wanted) in signs


_OPERATORS: Mapping[str, Callable[[Any, str], bool]] = {
    "Equals": _equal,
    "GreaterThan": _ordered(1),
    "GreaterThanOrEqualTo": _ordered(0, 1),
    "LessThan": _ordered(-1),
    "LessThanOrEqualTo": _ordered(0, -1),
    "Contains": lambda value, wanted: wanted in str(value),
    "In": lambda value, wanted: str(value) in [each.strip() for each in wanted.split(",")],
}
