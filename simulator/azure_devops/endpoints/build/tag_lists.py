"""The tags of a build or a definition after a change of them: pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable


def retagged(tags: Iterable[str], add: Iterable[str], remove: Collection[str]) -> list[str]:
    """The tags without those to remove and with those to add, each once, in the order in which they came."""
    kept = [tag for tag in tags if tag not in remove]
    return [*kept, *dict.fromkeys(tag for tag in add if tag not in kept)]
