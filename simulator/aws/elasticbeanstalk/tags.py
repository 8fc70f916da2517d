"""ListTagsForResource and UpdateTagsForResource, of applications and versions."""

from __future__ import annotations

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.elasticbeanstalk.rows import APPLICATION, VERSION, Row, record
from simulator.kernel.errors import CallerError


def _found(call: Call) -> tuple[str, str, Row]:
    """The kind, key and row of an ARN; raises ResourceNotFoundException."""
    arn = str(call.params["ResourceArn"])
    kind = VERSION if ":applicationversion/" in arn else APPLICATION
    key = call.key(arn.partition("/")[2])
    row = call.kernel.store.get(kind, key)
    if row is None or arn not in (row.get("ApplicationArn"), row.get("ApplicationVersionArn")):
        raise CallerError("ResourceNotFoundException", f"Resource not found for ARN '{arn}'.", 400)
    return kind, key, row


@behaviour("elasticbeanstalk", "ListTagsForResource")
async def list_tags_for_resource(call: Call) -> Answer:
    """The tags of an application or version."""
    return {"ResourceArn": call.params["ResourceArn"], "ResourceTags": _found(call)[2]["Tags"]}


@behaviour("elasticbeanstalk", "UpdateTagsForResource")
async def update_tags_for_resource(call: Call) -> Answer:
    """Add tags and take others away."""
    kind, key, row = _found(call)
    tags = {tag["Key"]: tag["Value"] for tag in row["Tags"]}
    tags |= {tag["Key"]: tag["Value"] for tag in call.params.get("TagsToAdd", ())}
    gone = call.params.get("TagsToRemove", ())
    kept = [{"Key": name, "Value": value} for name, value in tags.items() if name not in gone]
    with call.kernel.store.transaction():
        call.kernel.store.put(kind, key, {**row, "Tags": kept})
        record(call, "TagsChanged", str(call.params["ResourceArn"]))
    return {}
