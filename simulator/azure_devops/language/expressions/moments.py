"""Dates and times of the expression language: read from text, written, and formatted by `format`.

Source: as the values', `EvaluationResult.TryParseDateTime`, `FormatNode.FormatDateTime`. UTC where no offset is said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone

_TEXT = re.compile(
    r"([0-9]{4})([-/])([0-9]{1,2})\2([0-9]{1,2})[ T]([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:\.([0-9]{1,7}))?"
    r"(Z|[+-][0-9]{1,2}:[0-9]{1,2})?"
)
_SPECIFIER = re.compile(r"\\.|([^\\])\1*", re.DOTALL)


def moment_of(text: str) -> datetime | None:
    """The moment a text says, such as `2026-11-22 09:05:07+00:00`; None where it says none."""
    found = _TEXT.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(found[group]) for group in (1, 3, 4, 5, 6, 7))
    microsecond = int((found[8] or "").ljust(7, "0")[:6])
    try:
        return datetime(year, month, day, hour, minute, second, microsecond, _zone(found[9]))
    except (ValueError, OverflowError):
        return None


def _zone(text: str | None) -> timezone:
    if text is None or text == "Z":
        return UTC
    hours, minutes = text[1:].split(":")
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-offset if text[0] == "-" else offset)


def moment_text(moment: datetime) -> str:
    """The moment as a String."""
    return f"{moment.year:04}{moment:-%m-%d %H:%M:%S}{_offset(moment)}"


def _offset(moment: datetime) -> str:
    minutes = int((moment.utcoffset() or timedelta()).total_seconds() // 60)
    sign, minutes = ("-", -minutes) if minutes < 0 else ("+", minutes)
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}"


_PARTS: Mapping[str, Callable[[datetime], str]] = {
    "yyyy": lambda moment: f"{moment.year:04}",
    "yy": lambda moment: f"{moment.year % 100:02}",
    "MM": lambda moment: f"{moment.month:02}",
    "M": lambda moment: str(moment.month),
    "dd": lambda moment: f"{moment.day:02}",
    "d": lambda moment: str(moment.day),
    "HH": lambda moment: f"{moment.hour:02}",
    "H": lambda moment: str(moment.hour),
    "mm": lambda moment: f"{moment.minute:02}",
    "m": lambda moment: str(moment.minute),
    "ss": lambda moment: f"{moment.second:02}",
    "s": lambda moment: str(moment.second),
    "zzz": _offset,
    "K": _offset,
}


def format_moment(moment: datetime, specifiers: str) -> str | None:
    """The moment by custom specifiers, as `format('{0:yyyyMMdd}', ...)` allows them; None where one is not allowed."""
    found: list[str] = []
    end = 0
    for match in _SPECIFIER.finditer(specifiers):
        end = match.end()
        part = _part(moment, match[0])
        if part is None:
            return None
        found.append(part)
    return "".join(found) if end == len(specifiers) else None


def _part(moment: datetime, run: str) -> str | None:
    if run[0] == "\\":
        return run[1:]
    if run[0] == " ":
        return run
    if run[0] == "f" and len(run) <= 7:
        return f"{moment.microsecond:06}0"[: len(run)]
    known = _PARTS.get(run)
    return known(moment) if known else None
