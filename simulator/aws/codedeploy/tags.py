"""TagResource, UntagResource and ListTagsForResource, of applications and deployment groups."""

from __future__ import annotations

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.codedeploy.rows import APPLICATION, GROUP, Row, application_of, group_of, wrong


def _found(call: Call) -> tuple[str, str, Row]:
    kind, _, name = str(call.params["ResourceArn"]).split(":", 5)[-1].partition(":")
    if kind == "application" and name:
        return APPLICATION, call.key(name), application_of(call, name)
    if kind == "deploymentgroup" and "/" in name:
        application, _, group = name.partition("/")
        return GROUP, call.key(name), group_of(call, application, group)
    text = "The specified ARN is not in a valid format."
    raise wrong("InvalidArnException", text)


def _put(call: Call, kind: str, key: str, row: Row, tags: dict[str, str]) -> Answer:
    listed = [{"Key": name, "Value": value} for name, value in tags.items()]
    with call.kernel.store.transaction():
        call.kernel.store.put(kind, key, {**row, "_tags": listed})
        subject = str(call.params["ResourceArn"])
        call.kernel.log.record("TagsChanged", subject, {}, account=call.account, region=call.region)
    return {}


def _tags(row: Row) -> dict[str, str]:
    return {tag["Key"]: tag.get("Value", "") for tag in row["_tags"]}


@behaviour("codedeploy", "TagResource")
async def tag_resource(call: Call) -> Answer:
    """Set tags."""
    kind, key, row = _found(call)
    given = {tag["Key"]: tag.get("Value", "") for tag in call.params["Tags"]}
    return _put(call, kind, key, row, {**_tags(row), **given})


@behaviour("codedeploy", "UntagResource")
async def untag_resource(call: Call) -> Answer:
    """Take tags away."""
    kind, key, row = _found(call)
    kept = {name: value for name, value in _tags(row).items() if name not in call.params["TagKeys"]}
    return _put(call, kind, key, row, kept)


@behaviour("codedeploy", "ListTagsForResource")
async def list_tags_for_resource(call: Call) -> Answer:
    """All tags."""
    return {"Tags": _found(call)[2]["_tags"]}
