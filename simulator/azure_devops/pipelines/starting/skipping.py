"""Whether a commit asks that no pipeline runs for its push.

Source: Learn "Azure Repos Git", "Skip CI for individual pushes".
"""

from __future__ import annotations

import re
from collections.abc import Iterable

SKIPPING_OPTION = "ci.skip"
"""The push option that says the same: `git push -o ci.skip`."""
_SKIP = re.compile(
    r"\[(skip|no) ci\]|\[ci skip\]|skip-checks: ?true|\[skip (azurepipelines|azpipelines|azp)\]"
    r"|\[(azurepipelines|azpipelines|azp) skip\]|\*\*\*NO_CI\*\*\*",
    re.IGNORECASE,
)


def asks_to_skip(messages: Iterable[str]) -> bool:
    """Whether any of the messages of a push says so. Pure."""
    return any(_SKIP.search(message) for message in messages)
