"""Tags on alarms."""

from __future__ import annotations

from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.cloudwatch.alarm_rows import TAGS
from simulator.kernel.errors import CallerError


@behaviour("cloudwatch", "ListTagsForResource")
async def list_tags_for_resource(call: Call) -> Answer:
    """The tags of an alarm."""
    return {"Tags": _tags(call)}


@behaviour("cloudwatch", "TagResource")
async def tag_resource(call: Call) -> Answer:
    """Set tags; the same key replaces."""
    tags = {tag["Key"]: tag for tag in [*_tags(call), *call.params["Tags"]]}
    return _store(call, list(tags.values()))


@behaviour("cloudwatch", "UntagResource")
async def untag_resource(call: Call) -> Answer:
    """Remove tags by key."""
    return _store(call, [tag for tag in _tags(call) if tag["Key"] not in call.params["TagKeys"]])


def _tags(call: Call) -> list[dict[str, Any]]:
    arn = call.params["ResourceARN"]
    found = call.kernel.store.get(TAGS, arn)
    if found is None:
        raise CallerError("ResourceNotFoundException", f"Unknown resource: {arn}", 404)
    return list(found["Tags"])


def _store(call: Call, tags: list[dict[str, Any]]) -> Answer:
    call.kernel.store.put(TAGS, call.params["ResourceARN"], {"Tags": tags})
    return {}
