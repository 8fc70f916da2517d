"""Which keys a tag of the caller's may have: pure.

Source: Tagging AWS Resources guide, "Tag naming limits and requirements" (`aws:` is reserved for AWS); the text is that
of AWS's other services.
"""

from __future__ import annotations

from collections.abc import Iterable

from simulator.kernel.errors import CallerError


def check(keys: Iterable[str]) -> None:
    """Raises ValidationException for a key that only AWS may set or take away."""
    if any(key.lower().startswith("aws:") for key in keys):
        text = "aws: prefixed tag key names are not allowed for external use."
        raise CallerError("ValidationException", text)
