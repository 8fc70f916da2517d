"""A log shortened to what a person needs in order to see why something failed."""

from __future__ import annotations

import re

_TIME = re.compile(r"^\d{4}-\d\d-\d\dT[\d:.]+Z ")
_TRACE = "Traceback (most recent call last):"
_CHAINED = re.compile(r"^(During handling of|The above exception was)")
_BANNER = re.compile(r"^(##\[section\]|=+$|(Task|Version) +: )")
_LONGEST = 240


def telling(text: str, limit: int = 12) -> str:
    """`text` without times, banners and stack frames; of each part under a `---` heading the last `limit` lines.

    Where a part names its errors (`##[error]`), what follows them is left out too.
    """
    parts: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.startswith("--- "):
            parts.append([])
        parts[-1].append(_TIME.sub("", line))
    return "\n".join(line for part in parts for line in _shortened(part, limit))


def _shortened(part: list[str], limit: int) -> list[str]:
    heading, lines = part[:1], without_frames(part[1:])
    errors = [number for number, line in enumerate(lines) if line.startswith("##[error]")]
    lines = lines[: errors[-1] + 1] if errors else lines
    return heading + [_cut(line) for line in lines[-limit:]]


def without_frames(lines: list[str]) -> list[str]:
    """The lines without banners and stack frames: of exceptions that led to another only the last is kept."""
    kept: list[str] = []
    inside = False
    for line in lines:
        if line == _TRACE:
            inside = True
        elif _CHAINED.match(line):
            kept = kept[:-1]  # the exception that another one replaced
        elif inside and line and not line.startswith(" "):
            inside = False
            kept.append(line)
        elif not inside and line and not _BANNER.match(line):
            kept.append(line)
    return kept


def _cut(line: str) -> str:
    return line if len(line) <= _LONGEST else line[:_LONGEST] + " ..."
