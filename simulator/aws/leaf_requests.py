"""What a leaf service refuses by itself, and its memory would stumble over: names that are no ARN.

Source: the texts that SNS answers with, as clients have published them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.kernel.errors import CallerError

_PARTS = 6


def check(service: str, params: Mapping[str, Any]) -> None:
    """Raises CallerError with the service's code and text."""
    if service == "sns":
        for member in ("TopicArn", "SubscriptionArn"):
            if member in params:
                check_arn(member, str(params[member]))


def check_arn(member: str, arn: str) -> None:
    """Raises SNS's InvalidParameter for what is no ARN."""
    parts = arn.count(":") + 1
    if parts < _PARTS:
        text = f"{member} Reason: An ARN must have at least {_PARTS} elements, not {parts}"
        raise CallerError("InvalidParameter", f"Invalid parameter: {text}", 400)
