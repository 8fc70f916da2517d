"""When a failed delivery is tried again, and which limit ends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from simulator.formats.retry_delays import EVENTBRIDGE


class Exhausted(StrEnum):
    """The limit that ended the retries, as EXHAUSTED_RETRY_CONDITION names it."""

    ATTEMPTS = "MaximumRetryAttempts"
    AGE = "MaximumEventAgeInSeconds"


@dataclass(frozen=True)
class RetryPolicy:
    """Limits of a target. Source: EventBridge user guide: 185 retries and 24 hours unless set."""

    maximum_retry_attempts: int = 185
    maximum_event_age_seconds: float = 86400.0

    def next_attempt(
        self, *, first: float, now: float, retries: int, fraction: float, not_before: float = 0.0
    ) -> float | Exhausted:
        """The time of the next attempt, or the limit that forbids it; all in epoch seconds.

        `first` is when the event arrived, `retries` how many were made already, `fraction` the seeded jitter in [0, 1),
        `not_before` what the target asked for with Retry-After (the later of the two wins).
        """
        if retries >= self.maximum_retry_attempts:
            return Exhausted.ATTEMPTS
        moment = max(now + EVENTBRIDGE.delay_seconds(retries + 1, fraction), not_before)
        return Exhausted.AGE if moment - first > self.maximum_event_age_seconds else moment


def policy_of(target: Mapping[str, Any]) -> RetryPolicy:
    """The policy of a target in PutTargets' shape."""
    given = target.get("RetryPolicy", {})
    return RetryPolicy(
        given.get("MaximumRetryAttempts", RetryPolicy.maximum_retry_attempts),
        given.get("MaximumEventAgeInSeconds", RetryPolicy.maximum_event_age_seconds),
    )
