"""Values of the expression language and the conversions between them.

Source: Learn "Expressions" (literals, type casting) as corrected by `shared/reference/azure-devops.md` 4.3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

from simulator.azure_devops.language.expressions.failure import EvaluationFailure, not_convertible

_GROUPED_NUMBER = re.compile(r"[+-]?(\d[\d,]*(\.\d*)?|\.\d+)")
_VERSION_TEXT = re.compile(r"\d+(\.\d+){1,3}")


@dataclass(frozen=True)
class Version:
    """Two to four numbers, compared one after the other."""

    parts: tuple[int, ...]

    def __str__(self) -> str:
        return ".".join(str(part) for part in self.parts)


@dataclass(frozen=True, eq=False)
class ObjectValue:
    """Names and values in authored order. Equality is identity, as on the service.

    `folds_case`: names are found whatever their case. `strict`: a missing name is an error, not Null.
    """

    items: Mapping[str, Value]
    folds_case: bool = False
    strict: bool = False
    _folded: Mapping[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        folded = {name.lower(): name for name in self.items} if self.folds_case else {}
        object.__setattr__(self, "_folded", folded)

    def get(self, name: str) -> Value:
        """The value under `name`, or Null; raises `Key not found` where names must exist."""
        found = self._folded.get(name.lower()) if self.folds_case else name
        if found is not None and found in self.items:
            return self.items[found]
        if self.strict:
            raise EvaluationFailure(f"Key not found '{name}'")
        return None


@dataclass(frozen=True, eq=False)
class ArrayValue:
    """Values in order. `filtered` marks the result of a wildcard, over which later accesses are mapped."""

    items: tuple[Value, ...]
    filtered: bool = False

    def __iter__(self) -> Iterator[Value]:
        return iter(self.items)


Value: TypeAlias = bool | Decimal | str | Version | datetime | ObjectValue | ArrayValue | None


def kind(value: Value) -> str:
    """The service's name of the value's kind."""
    if value is None:
        return "Null"
    names = {bool: "Boolean", Decimal: "Number", str: "String", Version: "Version", datetime: "DateTime"}
    return names.get(type(value)) or ("Object" if isinstance(value, ObjectValue) else "Array")


def of(plain: object) -> Value:
    """A plain JSON-like Python value as a value of the language; numbers become Number, True/False Boolean."""
    if plain is None or isinstance(plain, (bool, str, Decimal, Version, datetime, ObjectValue, ArrayValue)):
        return plain
    if isinstance(plain, (int, float)):
        return Decimal(str(plain))
    if isinstance(plain, Mapping):
        return ObjectValue({str(name): of(item) for name, item in plain.items()})
    if isinstance(plain, Sequence):
        return ArrayValue(tuple(of(item) for item in plain))
    raise TypeError(f"no expression value for {type(plain).__name__}")


def to_text(value: Value) -> str:
    """String form: Null is empty, Boolean `True`/`False`, numbers without idle digits; collections are refused."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "True" if value else "False"
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, (ObjectValue, ArrayValue)):
        raise not_convertible(kind(value), "String", kind(value))
    if isinstance(value, datetime):
        return value.strftime("%m/%d/%Y %H:%M:%S +00:00")
    return str(value)


def number_text(number: Decimal) -> str:
    """A number as the invariant culture writes it."""
    text = format(number.normalize(), "f")
    return "0" if text == "-0" else text


def truth(value: Value) -> bool:
    """Truthiness: Null, False, 0 and '' are false; everything else, empty collections included, is true."""
    if isinstance(value, (Version, ObjectValue, ArrayValue, datetime)):
        return True
    return bool(value)


def to_number(value: Value) -> Decimal | None:
    """The value as a Number, or None where it cannot be one."""
    if value is None:
        return Decimal(0)
    if isinstance(value, bool):
        return Decimal(1 if value else 0)
    if isinstance(value, Decimal):
        return value
    if isinstance(value, str):
        text = value.strip()
        if not text:
            return Decimal(0)
        if _GROUPED_NUMBER.fullmatch(text):
            try:
                return Decimal(text.replace(",", ""))
            except InvalidOperation:
                return None
    return None


def to_version(value: Value) -> Version | None:
    """The value as a Version, or None where it cannot be one."""
    if isinstance(value, Version):
        return value
    if isinstance(value, Decimal):
        value = number_text(value)
    if isinstance(value, str) and _VERSION_TEXT.fullmatch(value.strip()):
        return Version(tuple(int(part) for part in value.strip().split(".")))
    return None


def equal(left: Value, right: Value) -> bool:
    """`eq`: the right side is converted to the left side's kind; where that fails they are not equal."""
    if left is None:
        return right is None or right == ""
    if isinstance(left, bool):
        return not isinstance(right, (ObjectValue, ArrayValue)) and left == truth(right)
    if isinstance(left, Decimal):
        return left == to_number(right)
    if isinstance(left, Version):
        return left == to_version(right)
    if isinstance(left, str):
        return not isinstance(right, (ObjectValue, ArrayValue)) and left.upper() == to_text(right).upper()
    if isinstance(left, datetime):
        return left == right
    return left is right


def compare(left: Value, right: Value) -> int:
    """-1, 0 or 1 for `lt` and its kin; raises where the right side does not convert to the left side's kind."""
    if isinstance(left, Version):
        version = to_version(right)
        if version is None:
            raise not_convertible(kind(right), "Version", shown(right))
        return _order(left.parts, version.parts)
    if isinstance(left, str):
        return _order(left.upper(), to_text(right).upper())
    if isinstance(left, bool):
        return _order(left, truth(right))
    return _order(_number_or_raise(left), _number_or_raise(right))


def _number_or_raise(value: Value) -> Decimal:
    number = to_number(value)
    if number is None:
        raise not_convertible(kind(value), "Number", shown(value))
    return number


def _order(left: object, right: object) -> int:
    return int(left > right) - int(left < right)  # type: ignore[operator]


def shown(value: Value) -> str:
    """The value as an error sentence shows it: strings quoted, collections by their kind."""
    if isinstance(value, str):
        return f"'{value}'"
    return kind(value) if isinstance(value, (ObjectValue, ArrayValue)) else to_text(value)
