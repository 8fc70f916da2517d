"""Custom date formats as .NET writes them, for `format('{0:yyyyMMdd}', ...)` and for `$(Date:yyyyMMdd)`.

Source: Learn ".NET custom date and time format strings"; invariant culture, UTC.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime

_RUN = re.compile(r"'[^']*'|\"[^\"]*\"|\\.|y+|M+|d+|H+|h+|m+|s+|f+|t+|z+|.", re.DOTALL)

_PARTS: Mapping[str, Callable[[datetime], str]] = {
    "yyyy": lambda moment: f"{moment.year:04}",
    "yyy": lambda moment: f"{moment.year:03}",
    "yy": lambda moment: f"{moment.year % 100:02}",
    "y": lambda moment: str(moment.year % 100),
    "MMMM": lambda moment: f"{moment:%B}",
    "MMM": lambda moment: f"{moment:%b}",
    "MM": lambda moment: f"{moment.month:02}",
    "M": lambda moment: str(moment.month),
    "dddd": lambda moment: f"{moment:%A}",
    "ddd": lambda moment: f"{moment:%a}",
    "dd": lambda moment: f"{moment.day:02}",
    "d": lambda moment: str(moment.day),
    "HH": lambda moment: f"{moment.hour:02}",
    "H": lambda moment: str(moment.hour),
    "hh": lambda moment: f"{(moment.hour + 11) % 12 + 1:02}",
    "h": lambda moment: str((moment.hour + 11) % 12 + 1),
    "mm": lambda moment: f"{moment.minute:02}",
    "m": lambda moment: str(moment.minute),
    "ss": lambda moment: f"{moment.second:02}",
    "s": lambda moment: str(moment.second),
    "tt": lambda moment: f"{moment:%p}",
    "t": lambda moment: f"{moment:%p}"[:1],
    "zzz": lambda _moment: "+00:00",
    "zz": lambda _moment: "+00",
    "z": lambda _moment: "+0",
}


def format_date(moment: datetime, pattern: str) -> str:
    """`moment` (UTC) by a custom pattern; letters that are no pattern stand for themselves."""
    return "".join(_part(moment, run) for run in _RUN.findall(pattern))


def _part(moment: datetime, run: str) -> str:
    if run[0] in "'\"" and len(run) > 1:
        return run[1:-1]
    if run[0] == "\\" and len(run) > 1:
        return run[1:]
    if run[0] == "f":
        return f"{moment.microsecond:06}0"[: len(run)]
    known = _PARTS.get(run)
    return known(moment) if known else run
