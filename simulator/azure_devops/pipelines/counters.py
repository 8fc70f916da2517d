"""The counters of pipelines: what `counter(prefix, seed)` of a variable gives, one more each time.

Source: Learn "Expressions", `counter`: by pipeline and prefix, the first value is the seed.
"""

from __future__ import annotations

from collections.abc import Callable

from simulator.azure_devops.organization import Organization


def counter(organization: Organization, definition: int) -> Callable[[str, int], int]:
    """The function of one pipeline; what it gives is durable with the caller's transaction."""

    def count(prefix: str, seed: int) -> int:
        return seed + organization.next_number(f"counter/{definition}/{prefix}") - 1

    return count
