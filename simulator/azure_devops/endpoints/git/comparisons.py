"""What differs between two versions."""

from __future__ import annotations

from simulator.azure_devops.endpoint import Call, endpoint
from simulator.azure_devops.endpoints.git import versions
from simulator.azure_devops.endpoints.git.changes import counts, entries
from simulator.azure_devops.endpoints.git.versions import Version
from simulator.azure_devops.git import objects
from simulator.azure_devops.organization import Row

DIFFS = "615588d5-c0c7-4b88-88f8-e625306446e8"


@endpoint("GET", DIFFS, "vso.code")
async def diffs(call: Call) -> object:
    """From base to target (each a version): with `diffCommonCommit`, from their common commit on."""
    row, query = call.repository(), call.query
    base, target = await _version(call, row, "base"), await _version(call, row, "target")
    path = call.azure.refs.path(row)
    common = await objects.merge_base(path, base.commit, target.commit)
    ahead, behind = await objects.distance(path, target.commit, base.commit)
    from_common = query.get("diffcommoncommit", "").lower() == "true" and common
    found = await entries(call, row, common if from_common else base.commit, target.commit)
    skip, top = call.number("$skip", 0), call.number("$top", 100)
    return {
        "allChangesIncluded": len(found) <= skip + top,
        "changeCounts": counts(found),
        "changes": found[skip:][:top],
        "commonCommit": common,
        "baseCommit": base.commit,
        "targetCommit": target.commit,
        "aheadCount": ahead,
        "behindCount": behind,
    }


async def _version(call: Call, row: Row, side: str) -> Version:
    """The version that `baseVersion...` or `targetVersion...` names."""
    kind, name, options = (call.query.get(f"{side}version{part}") for part in ("type", "", "options"))
    return await versions.named(call, row, kind, name, options or "none")
