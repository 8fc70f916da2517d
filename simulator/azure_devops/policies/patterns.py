"""Patterns of policies: wildcards in order, `!` in front excludes, the last one that fits decides. Pure."""

from __future__ import annotations

import fnmatch
from collections.abc import Collection


def fits(patterns: Collection[str], text: str) -> bool:
    """Whether the patterns take a text, in any case."""
    taken = False
    for pattern in patterns:
        if fnmatch.fnmatchcase(text.lower(), pattern.removeprefix("!").lower()):
            taken = not pattern.startswith("!")
    return taken


def fits_path(patterns: Collection[str], path: str) -> bool:
    """The same for a path; a pattern begins at the root, or with a wildcard."""
    return fits([_rooted(pattern) for pattern in patterns], "/" + path.lstrip("/"))


def matches(patterns: Collection[str], paths: Collection[str]) -> bool:
    """Whether any path fits; no patterns fit all."""
    return not patterns or any(fits_path(patterns, path) for path in paths)


def _rooted(pattern: str) -> str:
    excludes, wanted = pattern.startswith("!"), pattern.removeprefix("!")
    wanted = wanted if wanted.startswith(("/", "*")) else f"/{wanted}"
    return f"!{wanted}" if excludes else wanted
