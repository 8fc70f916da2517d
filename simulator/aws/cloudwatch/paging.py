"""Pages of CloudWatch's lists."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from simulator.kernel.errors import CallerError


def page(name: str, items: Sequence[Any], token: str | None, limit: int) -> dict[str, Any]:
    """One page: `name` holds the items, NextToken is there if more follow; raises InvalidNextToken."""
    try:
        start = int(base64.b64decode(token, validate=True)) if token else 0
    except ValueError as error:
        raise CallerError("InvalidNextToken", "The next token specified is invalid.", 400) from error
    answer: dict[str, Any] = {name: list(items[start : start + limit])}
    if start + limit < len(items):
        answer["NextToken"] = base64.b64encode(str(start + limit).encode()).decode()
    return answer
