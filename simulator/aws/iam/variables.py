"""Policy variables: `${aws:username}` in a resource or a condition value, filled in from the request's context."""

from __future__ import annotations

import re
from collections.abc import Mapping

Context = Mapping[str, tuple[str, ...]]
Pieces = tuple[tuple[str, bool], ...]

_VARIABLE = re.compile(r"\$\{([^,}]+)(?:,\s*'([^']*)')?\}")
_LITERALS = {"*", "?", "$"}


def context(values: Mapping[str, str | bool | float | tuple[str, ...]]) -> Context:
    """Request context with keys in one case (they are compared without case) and values as texts."""
    return {key.lower(): _texts(value) for key, value in values.items()}


def fill(text: str, request: Context, version: str = "2012-10-17") -> Pieces | None:
    """The text with its variables filled in, as pieces (text, wild); None if a variable has no value and no default.

    What came from a variable is never a wildcard, and neither is `${*}`. Source: IAM user guide, "Policy variables".
    """
    if version != "2012-10-17":
        return ((text, True),)
    pieces, at = list[tuple[str, bool]](), 0
    for match in _VARIABLE.finditer(text):
        pieces.append((text[at : match.start()], True))
        at = match.end()
        name, default = match[1].strip(), match[2]
        values = (name,) if name in _LITERALS else request.get(name.lower(), ())
        # A multivalued key cannot be a variable.
        value = values[0] if len(values) == 1 else default
        if value is None:
            return None
        pieces.append((value, False))
    pieces.append((text[at:], True))
    return tuple(piece for piece in pieces if piece[0])


def literal(pieces: Pieces) -> str:
    """The pieces as one text, for comparisons that know no wildcard."""
    return "".join(text for text, _ in pieces)


def _texts(value: str | bool | float | tuple[str, ...]) -> tuple[str, ...]:
    if isinstance(value, tuple):
        return value
    return (str(value).lower(),) if isinstance(value, bool) else (str(value),)
