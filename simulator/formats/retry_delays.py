"""Retry tables: how long a sender waits before its n-th retry, given a random fraction from the seeded source."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RetryTable:
    """Exponential growth to a ceiling, spread by a jitter; all in seconds, the jitter as a share of the delay."""

    first_seconds: float
    factor: float
    ceiling_seconds: float
    jitter: float

    def delay_seconds(self, retry: int, fraction: float) -> float:
        """The wait before retry number `retry` (from 1); `fraction` in [0, 1) chooses the place within the jitter."""
        if retry < 1:
            raise ValueError("retries are counted from 1")
        # The exponent is capped so that a late retry cannot overflow a float.
        grown = min(self.first_seconds * self.factor ** min(retry - 1, 64), self.ceiling_seconds)
        return grown * (1 - self.jitter + 2 * self.jitter * fraction)


# AWS publishes the bounds (24 hours, 185 retries, exponential with jitter) but not the table; these numbers reach
# the 185th retry just about when the 24 hours end, so both published limits can be the one that is met.
EVENTBRIDGE = RetryTable(first_seconds=1.0, factor=2.0, ceiling_seconds=480.0, jitter=0.2)

# Azure DevOps service hooks: 1, 2, 4, 8, 16, 32, 60, 60 s for what is transient ("Service hooks troubleshooting").
SERVICE_HOOKS = RetryTable(first_seconds=1.0, factor=2.0, ceiling_seconds=60.0, jitter=0.0)
# The same page, probation: 20 min, 40 min, 1 h 20, 2 h 40, 5 h 20, 10 h 40, 15 h.
HOOK_PROBATION = RetryTable(first_seconds=1200.0, factor=2.0, ceiling_seconds=54000.0, jitter=0.0)
