"""Durations as CacheConfig.ExpireAfter has them: ISO 8601, upper or lower case, the leading P left out at will: pure.

Source: SageMaker developer guide, "Caching pipeline steps": `30d`, `P30D`, `T12H` and `PT1H` are all written there.
"""

from __future__ import annotations

import re

_DURATION = re.compile(
    r"P?(?:(\d+(?:\.\d+)?)Y)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?"
    r"(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?",
    re.IGNORECASE,
)
_SECONDS = (365 * 86400, 30 * 86400, 7 * 86400, 86400, 3600, 60, 1)


def seconds_of(text: str) -> float | None:
    """The seconds of a duration; None where the text is none."""
    match = _DURATION.fullmatch(text.strip())
    if match is None or not any(match.groups()):
        return None
    return sum(float(number) * unit for number, unit in zip(match.groups(), _SECONDS, strict=True) if number)
