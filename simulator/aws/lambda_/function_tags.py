"""TagResource, UntagResource and ListTags of functions."""

from __future__ import annotations

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.lambda_ import states
from simulator.aws.lambda_.errors import invalid
from simulator.aws.lambda_.names import Named, named
from simulator.aws.lambda_.rows import FUNCTION, fetch

_MOST_TAGS = 50


def _tagged(call: Call) -> Named:
    function = named(str(call.params["Resource"]), call.account, call.region)
    if function is None or function.qualifier:
        raise invalid(
            f"The resource you want to tag must be a function's ARN without a qualifier: {call.params['Resource']}"
        )
    return function


def _write(call: Call, function: Named, tags: dict[str, str]) -> None:
    store = call.kernel.store
    with store.transaction():
        store.put(FUNCTION, function.key, {**fetch(store, function), "tags": tags})
        states.note(call.kernel, "TagsChanged", function, tags=tags)


@behaviour("lambda", "TagResource")
async def tag_resource(call: Call) -> Answer:
    """Set tags."""
    function = _tagged(call)
    tags = {**fetch(call.kernel.store, function)["tags"], **call.params["Tags"]}
    if len(tags) > _MOST_TAGS:
        raise invalid(f"Exceeded the maximum number of tags: {_MOST_TAGS}")
    _write(call, function, tags)
    return {}


@behaviour("lambda", "UntagResource")
async def untag_resource(call: Call) -> Answer:
    """Take tags away by key."""
    function = _tagged(call)
    tags = fetch(call.kernel.store, function)["tags"]
    _write(call, function, {key: value for key, value in tags.items() if key not in call.params["TagKeys"]})
    return {}


@behaviour("lambda", "ListTags")
async def list_tags(call: Call) -> Answer:
    """All tags."""
    return {"Tags": fetch(call.kernel.store, _tagged(call))["tags"]}
