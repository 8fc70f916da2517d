"""Retry policies: whether a failure is tried again and after how long; pure.

Source: SageMaker developer guide, "Retry policy for pipeline steps".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def next_retry(
    policies: Sequence[Mapping[str, Any]], kind: str, used: Mapping[str, int], failing_seconds: float
) -> tuple[int, float] | None:
    """The number of the policy that applies and the delay in seconds; None when the step has failed for good.

    `used` counts the retries that each policy has given, by its number as text; `failing_seconds` is how long ago
    the first failure was. The first policy that names the kind of failure is the one that counts.
    """
    for number, policy in enumerate(policies):
        if kind not in policy.get("ExceptionType", ()):
            continue
        times = used.get(str(number), 0)
        delay = float(policy.get("IntervalSeconds", 1)) * float(policy.get("BackoffRate", 2.0)) ** times
        most, minutes = policy.get("MaxAttempts"), policy.get("ExpireAfterMin")
        if most is not None and times >= int(most):
            return None
        if minutes is not None and failing_seconds + delay > float(minutes) * 60:
            return None
        return number, delay
    return None
