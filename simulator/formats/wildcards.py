"""AWS wildcards: `*` stands for any run of characters, `?` for exactly one; nothing else is special."""

import re
from collections.abc import Sequence
from functools import lru_cache


def matches(pattern: str, text: str, *, ignore_case: bool = False) -> bool:
    """True if the whole of `text` is named by `pattern`. Source: IAM user guide, "Resource" and "StringLike"."""
    return _compiled(pattern, ignore_case).fullmatch(text) is not None


def is_wildcard(pattern: str) -> bool:
    """True if the pattern names more than its own text."""
    return "*" in pattern or "?" in pattern


@lru_cache(maxsize=4096)
def _compiled(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    return re.compile(_source(pattern), re.DOTALL | (re.IGNORECASE if ignore_case else 0))


def _source(pattern: str) -> str:
    single_stars = re.sub(r"\*+", "*", pattern)
    return "".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in single_stars)


def matches_pieces(pieces: Sequence[tuple[str, bool]], text: str, *, ignore_case: bool = False) -> bool:
    """As `matches`, for a pattern in pieces: (text, whether its `*` and `?` are wildcards)."""
    source = "".join(_source(piece) if wild else re.escape(piece) for piece, wild in pieces)
    return re.fullmatch(source, text, re.DOTALL | (re.IGNORECASE if ignore_case else 0)) is not None
