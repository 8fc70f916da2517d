"""The envelope of an event: the nine members that every event on a bus has, in AWS's order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any


def envelope(
    *,
    event_id: str,
    source: str,
    detail_type: str,
    account: str,
    region: str,
    moment: float,
    resources: Sequence[str] = (),
    detail: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Build an event; `moment` is epoch seconds. Source: EventBridge user guide, "Events": structure reference."""
    return {
        "version": "0",
        "id": event_id,
        "detail-type": detail_type,
        "source": source,
        "account": account,
        "time": iso(moment),
        "region": region,
        "resources": list(resources),
        "detail": dict(detail or {}),
    }


def iso(moment: float) -> str:
    """ISO 8601 to the second with Z, as in an event's `time`."""
    return datetime.fromtimestamp(int(moment), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
