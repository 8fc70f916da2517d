"""Small expressions of the type table: a path into what is known of a resource, or a text with paths in braces."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_BRACES = re.compile(r"\{([^{}]+)\}")


def find(document: Mapping[str, Any], path: str) -> Any:
    """The value at `A.B`, None where there is none."""
    found: Any = document
    for step in path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def evaluate(expression: str, document: Mapping[str, Any]) -> Any:
    """`A.B` is the value there, `[A]` a list of it, `arn:{Region}:{A.B}` a text with values put in.

    What is not there is None, and so is a text that lacks one of its values.
    """
    if expression.startswith("["):
        return [evaluate(expression[1:-1], document)]
    if "{" in expression:
        if any(find(document, path) is None for path in _BRACES.findall(expression)):
            return None
        return _BRACES.sub(lambda match: str(find(document, match.group(1))), expression)
    return find(document, expression)
