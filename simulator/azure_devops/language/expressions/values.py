"""Values of the expression language and the conversions between them.

Source: Learn "Expressions" (literals, type casting) as corrected by `shared/reference/azure-devops.md` 4.3; the
service's own expression library as published in actions/runner (2019, MIT), `EvaluationResult`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

from simulator.azure_devops.language.expressions.failure import EvaluationFailure, not_convertible
from simulator.azure_devops.language.expressions.moments import moment_of, moment_text
from simulator.azure_devops.language.expressions.numbers import (
    decimal_of_string,
    decimal_text,
    version_of,
)


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
        return moment_text(value)
    return str(value)


def number_text(number: Decimal) -> str:
    """A number as the service writes it: at most seven decimals."""
    return decimal_text(number)


def folded(text: str) -> str:
    """The text as `OrdinalIgnoreCase` compares it: each character's upper case, where that is one character."""
    if text.isascii():
        return text.upper()
    return "".join(upper if len(upper := character.upper()) == 1 else character for character in text)


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
        return decimal_of_string(value) if value else Decimal(0)
    return None


def to_version(value: Value) -> Version | None:
    """The value as a Version, or None where it cannot be one."""
    if isinstance(value, Version):
        return value
    text = number_text(value) if isinstance(value, Decimal) else value
    parts = version_of(text) if isinstance(text, str) else None
    return None if parts is None else Version(parts)


def to_moment(value: Value) -> datetime | None:
    """The value as a DateTime, or None where it cannot be one."""
    if isinstance(value, datetime):
        return value
    return moment_of(value) if isinstance(value, str) else None


def equal(left: Value, right: Value) -> bool:
    """`eq`: the right side is converted to the left side's kind; where that fails they are not equal."""
    if left is None:
        return right is None or right == ""
    if isinstance(left, bool):
        return left == truth(right)
    if isinstance(left, Decimal):
        return left == to_number(right)
    if isinstance(left, Version):
        return left == to_version(right)
    if isinstance(left, str):
        return not isinstance(right, (ObjectValue, ArrayValue)) and folded(left) == folded(to_text(right))
    if isinstance(left, datetime):
        return left == to_moment(right)
    return left is right


def compare(left: Value, right: Value) -> int:
    """-1, 0 or 1 for `lt` and its kin; raises where the right side does not convert to the left side's kind."""
    if isinstance(left, Version):
        version = to_version(right)
        if version is None:
            raise not_convertible(kind(right), "Version", shown(right))
        return _order(left.parts, version.parts)
    if isinstance(left, str):
        # Ordinal means by UTF-16 code units.
        return _order(folded(left).encode("utf-16-be", "surrogatepass"), _ordinal(right))
    if isinstance(left, bool):
        return _order(left, truth(right))
    if isinstance(left, datetime):
        moment = to_moment(right)
        if moment is None:
            raise not_convertible(kind(right), "DateTime", shown(right))
        return _order(left, moment)
    return _order(_number_or_raise(left), _number_or_raise(right))


def _ordinal(value: Value) -> bytes:
    return folded(to_text(value)).encode("utf-16-be", "surrogatepass")


def _number_or_raise(value: Value) -> Decimal:
    number = to_number(value)
    if number is None:
        raise not_convertible(kind(value), "Number", shown(value))
    return number


def _order(left: object, right: object) -> int:
    return int(left > right) - int(left < right)  # type: ignore[operator]


def shown(value: Value) -> str:
    """The value as an error sentence shows it: strings quoted, versions with a `v`, collections by their kind."""
    if isinstance(value, str):
        quoted = value.replace("'", "''")
        return f"'{quoted}'"
    if isinstance(value, Version):
        return f"v{value}"
    if isinstance(value, datetime):
        return f"(DateTime){to_text(value)}"
    return kind(value) if value is None or isinstance(value, (ObjectValue, ArrayValue)) else to_text(value)
