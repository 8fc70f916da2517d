"""Marker and MaxItems: one page of a list, as Lambda gives it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any

from simulator.aws.behaviour import Answer, Call
from simulator.aws.lambda_.errors import invalid

_PAGE = 50


def page(call: Call, member: str, items: Sequence[tuple[str, dict[str, Any]]]) -> Answer:
    """The items after the call's Marker; items are (key, value), ordered by key, and the marker is the last key."""
    start, size = 0, min(int(call.params.get("MaxItems", _PAGE)), _PAGE)
    if marker := call.params.get("Marker"):
        after = _decoded(marker)
        start = sum(1 for key, _ in items if key <= after)
    shown = items[start : start + size]
    answer: Answer = {member: [value for _, value in shown]}
    if start + size < len(items):
        answer["NextMarker"] = base64.urlsafe_b64encode(shown[-1][0].encode()).decode()
    return answer


def _decoded(marker: str) -> str:
    try:
        return base64.urlsafe_b64decode(marker.encode()).decode()
    except (binascii.Error, ValueError) as error:
        raise invalid("Invalid marker.") from error
