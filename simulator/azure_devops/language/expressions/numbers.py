"""Numbers and versions as .NET's invariant culture reads and writes them: `Decimal` of 28 digits, `Version`.

Source: .NET `Decimal.TryParse`, `Version.TryParse`, custom numeric format `0.#######` (the service's for numbers).
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal

_LITERAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_GROUPED = re.compile(r"[\t-\r ]*([+-]?([0-9][0-9,]*(\.[0-9]*)?|\.[0-9]+))[\t-\r ]*")
_PART = re.compile(r"[\t-\r ]*\+?([0-9]+)[\t-\r ]*")
_LARGEST = Decimal(2**96 - 1)
_DIGITS = Context(prec=28, rounding=ROUND_HALF_EVEN)
_WIDE = Context(prec=60)
_SEVENTH = Decimal("1e-7")
_LARGEST_PART = 2**31 - 1
_MOST_CHARACTERS = 400


def decimal_of(text: str) -> Decimal | None:
    """A number as a literal writes it: sign, digits, one point; None where it is none."""
    return _bounded(text) if _LITERAL.fullmatch(text) else None


def decimal_of_string(text: str) -> Decimal | None:
    """A string as a number: white space around it and thousands separators are allowed; None where it is none."""
    found = _GROUPED.fullmatch(text)
    return _bounded(found[1].replace(",", "")) if found else None


def _bounded(text: str) -> Decimal | None:
    if len(text) > _MOST_CHARACTERS:
        return None
    number = Decimal(text)
    if number.copy_abs() > _LARGEST:
        return None
    return number if len(number.as_tuple().digits) <= 29 else _DIGITS.plus(number)


def decimal_text(number: Decimal) -> str:
    """A number with at most seven decimals, none idle."""
    rounded = number.quantize(_SEVENTH, rounding=ROUND_HALF_UP, context=_WIDE)
    text = format(rounded, "f").rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def version_of(text: str) -> tuple[int, ...] | None:
    """Two to four numbers; None where the text is no version."""
    parts = text.split(".")
    if not 2 <= len(parts) <= 4 or len(text) > _MOST_CHARACTERS:
        return None
    found = [_PART.fullmatch(part) for part in parts]
    numbers = tuple(int(part[1]) for part in found if part is not None)
    if len(numbers) != len(parts) or any(number > _LARGEST_PART for number in numbers):
        return None
    return numbers
