"""The function `format`: holes, escaped braces, specifiers of dates; and the bound on what a function may build.

The whole pattern is checked before any argument is evaluated, and only arguments it names are.
Source: as the values', `FormatNode`; the bound is that of a template's memory (`shared/reference/azure-devops.md` 4.2).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from simulator.azure_devops.language.expressions.failure import EvaluationFailure
from simulator.azure_devops.language.expressions.moments import format_moment
from simulator.azure_devops.language.expressions.values import Value, kind, to_text

Arguments = Sequence[Value]  # lazy: an argument is evaluated when it is read
MAXIMUM_BYTES = 20_971_520


def bounded(text: str, more: int = 0) -> str:
    """The text, unless it is larger than a template may become."""
    if 2 * max(len(text), more) > MAXIMUM_BYTES:
        raise EvaluationFailure("The maximum allowed memory size was exceeded while evaluating an expression")
    return text


def format_call(arguments: Arguments) -> Value:
    """The pattern with its holes filled."""
    pattern = to_text(arguments[0])
    pieces = _pieces(pattern, len(arguments) - 1)
    found: list[str] = []
    size = 0
    for piece in pieces:
        text = piece if isinstance(piece, str) else _filled(arguments[piece[0] + 1], piece[1])
        size += len(text)
        bounded("", size)
        found.append(text)
    return "".join(found)


def _pieces(pattern: str, count: int) -> list[str | tuple[int, str]]:
    """Literal texts and holes (argument, specifiers) in their order."""
    found: list[str | tuple[int, str]] = []
    index = 0
    while index < len(pattern):
        brace = min(
            (at for at in (pattern.find("{", index), pattern.find("}", index)) if at >= 0), default=-1
        )
        if brace < 0:
            return [*found, pattern[index:]]
        found.append(pattern[index:brace])
        if pattern[brace + 1 : brace + 2] == pattern[brace]:
            found.append(pattern[brace])
            index = brace + 2
            continue
        hole = _HOLE.match(pattern, brace)
        if hole is None or int(hole[1]) > 255:
            raise EvaluationFailure(f"The following format string is invalid: {pattern}")
        if int(hole[1]) >= count:
            raise EvaluationFailure(
                f"The following format string references more arguments than were supplied: {pattern}"
            )
        found.append((int(hole[1]), (hole[2] or "").replace("}}", "}")))
        index = hole.end()
    return found


_HOLE = re.compile(r"\{([0-9]{1,9})(?:\}|:((?:[^}]|\}\})*)\}(?!\}))")  # a run of braces ends it if it is odd


def _filled(value: Value, specifiers: str) -> str:
    text = to_text(value)
    if not specifiers:
        return text
    if not isinstance(value, datetime):
        raise _not_valid(specifiers, value)
    formatted = format_moment(value, specifiers)
    if formatted is None:
        raise _not_valid(specifiers, value)
    return formatted


def _not_valid(specifiers: str, value: Value) -> EvaluationFailure:
    return EvaluationFailure(
        f"The format specifiers '{specifiers}' are not valid for objects of type '{kind(value)}'"
    )
