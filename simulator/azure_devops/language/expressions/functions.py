"""The general functions: a table of name, arity and meaning. Status functions and `counter` come with their slot.

Source: Learn "Expressions", corrected by `shared/reference/azure-devops.md` 4.3; the service's own expression library
as published in actions/runner (2019, MIT).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from simulator.azure_devops.language.expressions.failure import EvaluationFailure, not_convertible
from simulator.azure_devops.language.expressions.formatting import Arguments, bounded, format_call
from simulator.azure_devops.language.expressions.json_text import json_text
from simulator.azure_devops.language.expressions.parser import Arity
from simulator.azure_devops.language.expressions.values import (
    ArrayValue,
    ObjectValue,
    Value,
    compare,
    equal,
    folded,
    kind,
    shown,
    to_number,
    to_text,
    truth,
)


@dataclass(frozen=True)
class Function:
    """What a name means: how many arguments it takes, and its value for them."""

    arity: Arity
    call: Callable[[Arguments], Value]


def _join(arguments: Arguments) -> Value:
    collection = arguments[1]
    if isinstance(collection, ArrayValue):
        # A collection inside the array has no text of its own and joins as nothing.
        texts = ["" if isinstance(item, (ObjectValue, ArrayValue)) else to_text(item) for item in collection]
        return bounded(to_text(arguments[0]).join(texts)) if len(texts) > 1 else "".join(texts)
    return "" if isinstance(collection, ObjectValue) else to_text(collection)


def _split(arguments: Arguments) -> Value:
    text, separator = to_text(arguments[0]), to_text(arguments[1])
    return ArrayValue(tuple(text.split(separator)) if separator else (text,))


def _length(arguments: Arguments) -> Value:
    value = arguments[0]
    if isinstance(value, (ObjectValue, ArrayValue)):
        return Decimal(len(value.items))
    if isinstance(value, str):
        return Decimal(len(value.encode("utf-16-le", "surrogatepass")) // 2)
    raise EvaluationFailure(
        f"Kind '{kind(value)}' not supported. Only arrays, strings, dictionaries, or collections are supported for the "
        "length function."
    )


def _contains_value(arguments: Arguments) -> Value:
    """Each item is converted to the kind of what is sought."""
    collection = arguments[0]
    if isinstance(collection, ObjectValue):
        return any(equal(arguments[1], item) for item in collection.items.values())
    if isinstance(collection, ArrayValue):
        return any(equal(arguments[1], item) for item in collection)
    return False


def _coalesce(arguments: Arguments) -> Value:
    value: Value = None
    for index in range(len(arguments)):
        value = arguments[index]
        if value is not None and value != "":
            return value
    return value


def _iif(arguments: Arguments) -> Value:
    condition, yes, no = (
        arguments[0],
        arguments[1],
        arguments[2],
    )  # eager: an error in either branch is an error
    return yes if truth(condition) else no


def _substring(arguments: Arguments) -> Value:
    text = to_text(arguments[0])
    bounds = [_whole_number(arguments[index]) for index in range(1, len(arguments))]
    end = len(text) if len(bounds) < 2 else bounds[0] + bounds[1]
    if bounds[0] < 0 or bounds[0] > end or end > len(text):
        raise EvaluationFailure("Index and length must refer to a location within the string.")
    return text[bounds[0] : end]


def _whole_number(value: Value) -> int:
    number = to_number(value)
    if number is None:
        raise not_convertible(kind(value), "Number", shown(value))
    return int(number)


def _any(arguments: Arguments, wanted: bool) -> bool:
    return any(truth(arguments[index]) is wanted for index in range(len(arguments)))


def _in(arguments: Arguments) -> bool:
    return any(equal(arguments[0], arguments[index]) for index in range(1, len(arguments)))


def _folded(arguments: Arguments) -> tuple[str, str]:
    return folded(to_text(arguments[0])), folded(to_text(arguments[1]))


def _ends_with(arguments: Arguments) -> Value:
    text, ending = _folded(arguments)
    return text.endswith(ending)


def _starts_with(arguments: Arguments) -> Value:
    text, beginning = _folded(arguments)
    return text.startswith(beginning)


def _contains(arguments: Arguments) -> Value:
    text, part = _folded(arguments)
    return part in text


def _replace(arguments: Arguments) -> Value:
    text, old, new = (to_text(arguments[index]) for index in range(3))
    return bounded(text.replace(old, new), text.count(old) * len(new)) if old else text


FUNCTIONS: Mapping[str, Function] = {
    "and": Function(Arity(2, None), lambda a: not _any(a, False)),
    "or": Function(Arity(2, None), lambda a: _any(a, True)),
    "not": Function(Arity(1, 1), lambda a: not truth(a[0])),
    "xor": Function(Arity(2, 2), lambda a: truth(a[0]) != truth(a[1])),
    "eq": Function(Arity(2, 2), lambda a: equal(a[0], a[1])),
    "ne": Function(Arity(2, 2), lambda a: not equal(a[0], a[1])),
    "lt": Function(Arity(2, 2), lambda a: compare(a[0], a[1]) < 0),
    "le": Function(Arity(2, 2), lambda a: compare(a[0], a[1]) <= 0),
    "gt": Function(Arity(2, 2), lambda a: compare(a[0], a[1]) > 0),
    "ge": Function(Arity(2, 2), lambda a: compare(a[0], a[1]) >= 0),
    "in": Function(Arity(2, None), _in),
    "notin": Function(Arity(2, None), lambda a: not _in(a)),
    "contains": Function(Arity(2, 2), _contains),
    "containsvalue": Function(Arity(2, 2), _contains_value),
    "startswith": Function(Arity(2, 2), _starts_with),
    "endswith": Function(Arity(2, 2), _ends_with),
    "format": Function(Arity(1, 255), format_call),
    "join": Function(Arity(2, 2), _join),
    "split": Function(Arity(2, 2), _split),
    "replace": Function(Arity(3, 3), _replace),
    "length": Function(Arity(1, 1), _length),
    "lower": Function(Arity(1, 1), lambda a: to_text(a[0]).lower()),
    "upper": Function(Arity(1, 1), lambda a: to_text(a[0]).upper()),
    "trim": Function(Arity(1, 1), lambda a: to_text(a[0]).strip()),
    "coalesce": Function(Arity(2, None), _coalesce),
    "iif": Function(Arity(3, 3), _iif),
    "substring": Function(Arity(2, 3), _substring),
    "converttojson": Function(Arity(1, 1), lambda a: json_text(a[0])),
}

ARITIES: Mapping[str, Arity] = {name: function.arity for name, function in FUNCTIONS.items()}
