"""AWS wildcards: `*` stands for any run of characters, `?` for exactly one; nothing else is special."""

import re
from functools import lru_cache


def matches(pattern: str, text: str, *, ignore_case: bool = False) -> bool:
    """True if the whole of `text` is named by `pattern`. Source: IAM user guide, "Resource" and "StringLike"."""
    return _compiled(pattern, ignore_case).fullmatch(text) is not None


def is_wildcard(pattern: str) -> bool:
    """True if the pattern names more than its own text."""
    return "*" in pattern or "?" in pattern


@lru_cache(maxsize=4096)
def _compiled(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    pieces = (".*" if c == "*" else "." if c == "?" else re.escape(c) for c in re.sub(r"\*+", "*", pattern))
    return re.compile("".join(pieces), re.DOTALL | (re.IGNORECASE if ignore_case else 0))
