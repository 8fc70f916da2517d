"""Branch control: which branches may use a resource. Pure.

Source: Learn "Approvals and checks", branch control: full names with wildcards, separated by commas; with
`ensureProtectionOfBranch` every branch must have a policy or be protected.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from simulator.formats.wildcards import matches


def refusal(inputs: Mapping[str, str], branches: Iterable[tuple[str, bool]]) -> str:
    """Why the branches (ref, whether it is protected) may not, or the empty text where all may."""
    patterns = [part.strip() for part in str(inputs.get("allowedBranches") or "*").split(",") if part.strip()]
    demanded = str(inputs.get("ensureProtectionOfBranch", "")).lower() == "true"
    for ref, protected in branches:
        if not any(_fits(pattern, ref) for pattern in patterns):
            return f"Branch {ref} is not in the list of allowed branches: {', '.join(patterns)}."
        if demanded and not protected:
            return f"Branch {ref} is not protected."
    return ""


def _fits(pattern: str, ref: str) -> bool:
    return matches(pattern.lower(), ref.lower())
