"""Tags on rules and buses."""

from __future__ import annotations

from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.eventbridge.rows import DEFAULT, TAGS, find_bus, find_rule


@behaviour("events", "ListTagsForResource")
async def list_tags_for_resource(call: Call) -> Answer:
    """The tags of a rule or a bus."""
    return {"Tags": _tags(call)}


@behaviour("events", "TagResource")
async def tag_resource(call: Call) -> Answer:
    """Set tags; the same key replaces."""
    tags = {tag["Key"]: tag for tag in [*_tags(call), *call.params["Tags"]]}
    return _store(call, list(tags.values()))


@behaviour("events", "UntagResource")
async def untag_resource(call: Call) -> Answer:
    """Remove tags by key."""
    return _store(call, [tag for tag in _tags(call) if tag["Key"] not in call.params["TagKeys"]])


def _tags(call: Call) -> list[dict[str, Any]]:
    """The tags of the resource, which must exist."""
    arn = call.params["ResourceARN"]
    kind, _, name = arn.split(":", 5)[-1].partition("/")
    if kind == "rule":
        bus, _, rule = name.rpartition("/")
        find_rule(call.kernel.store, call.account, call.region, bus or DEFAULT, rule)
    else:
        find_bus(call.kernel.store, call.account, call.region, name)
    found = call.kernel.store.get(TAGS, arn) or {"Tags": []}
    return list(found["Tags"])


def _store(call: Call, tags: list[dict[str, Any]]) -> Answer:
    call.kernel.store.put(TAGS, call.params["ResourceARN"], {"Tags": tags})
    return {}
