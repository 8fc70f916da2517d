"""Logging commands `##vso[area.event key=value;...]data`: found in a line, unescaped, written.

Source: agent `Command.TryParse`, described in `shared/reference/azure-devops.md` 4.4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

_PREFIX = "##vso["
# The percent sign is last when reading and first when writing, so that it survives both ways.
_ESCAPES = ((";", "%3B"), ("\r", "%0D"), ("\n", "%0A"), ("]", "%5D"))
_PERCENT = ("%", "%AZP25")


@dataclass(frozen=True)
class Command:
    """A command; `area`, `event` and the names of properties are in lower case."""

    area: str
    event: str
    properties: Mapping[str, str] = field(default_factory=dict)
    data: str = ""

    def __str__(self) -> str:
        properties = "".join(f"{name}={escape(value)};" for name, value in self.properties.items() if value)
        return f"{_PREFIX}{self.area}.{self.event}{' ' if properties else ''}{properties}]{escape(self.data)}"


def parse_command(line: str) -> Command | None:
    """The command in a line: from the first `##vso[` to the first `]` after it, then data. None where there is none."""
    start = line.find(_PREFIX)
    end = line.find("]", start) if start >= 0 else -1
    if end < 0:
        return None
    name, _, properties = line[start + len(_PREFIX) : end].partition(" ")
    parts = [part for part in name.split(".") if part]
    if len(parts) != 2:
        return None
    return Command(parts[0].lower(), parts[1].lower(), _properties(properties), unescape(line[end + 1 :]))


def _properties(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for piece in text.strip().split(";"):
        name, equals, value = piece.partition("=")
        if equals and name.strip():
            found[name.strip().lower()] = unescape(value)
    return found


def unescape(text: str) -> str:
    """The text that was escaped."""
    for plain, escaped in (*_ESCAPES, _PERCENT):
        text = text.replace(escaped, plain)
    return text


def escape(text: str) -> str:
    """The text as a command carries it."""
    for plain, escaped in (_PERCENT, *_ESCAPES):
        text = text.replace(plain, escaped)
    return text
