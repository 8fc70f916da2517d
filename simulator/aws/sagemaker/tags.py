"""Tags of every resource that the table knows: AddTags, ListTags, DeleteTags."""

from __future__ import annotations

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.sagemaker import tag_keys
from simulator.aws.sagemaker.kinds.table import TABLE
from simulator.aws.sagemaker.resources import key_of, offset, token
from simulator.kernel.errors import CallerError

_PAGE = 50


def tags_of(call: Call, arn: str) -> dict[str, str]:
    """The tags of a resource here; raises AWS's error where there is no such resource."""
    _exists(call, arn)
    return dict((call.kernel.store.get("sagemaker.tags", arn) or {"tags": {}})["tags"])


def _exists(call: Call, arn: str) -> None:
    kind = arn.split(":", 5)[-1].split("/")[0]
    for entry in TABLE:
        if entry.arn == kind and (row := call.kernel.store.get(entry.row, key_of(call, arn))):
            if row.get(entry.arn_member) == arn:
                return
    raise CallerError("ValidationException", f"The resource {arn} does not exist.")


def _write(call: Call, arn: str, tags: dict[str, str]) -> None:
    with call.kernel.store.transaction():
        call.kernel.store.put("sagemaker.tags", arn, {"tags": tags})
        call.kernel.log.record("TagsChanged", arn, {"tags": tags}, account=call.account, region=call.region)


@behaviour("sagemaker", "AddTags")
async def add_tags(call: Call) -> Answer:
    """Set tags; gives all of the resource's tags, as AWS does."""
    arn = call.params["ResourceArn"]
    if ":model-package/" in arn and arn.count("/") > 1:
        text = "Tags are not supported in Model Package versions. Please add them to the Model Package Group."
        raise CallerError("ValidationException", text)
    tag_keys.check(tag["Key"] for tag in call.params["Tags"])
    tags = tags_of(call, arn) | {tag["Key"]: tag["Value"] for tag in call.params["Tags"]}
    if len(tags) > 50:
        raise CallerError("ValidationException", "The number of tags exceeds the limit of 50.")
    _write(call, arn, tags)
    return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}


@behaviour("sagemaker", "ListTags")
async def list_tags(call: Call) -> Answer:
    """One page of a resource's tags."""
    tags = sorted(tags_of(call, call.params["ResourceArn"]).items())
    start, size = offset(call.params.get("NextToken")), int(call.params.get("MaxResults", _PAGE))
    answer: Answer = {"Tags": [{"Key": key, "Value": value} for key, value in tags[start : start + size]]}
    if start + size < len(tags):
        answer["NextToken"] = token(start + size)
    return answer


@behaviour("sagemaker", "DeleteTags")
async def delete_tags(call: Call) -> Answer:
    """Take tags away by key."""
    arn = call.params["ResourceArn"]
    _write(call, arn, {k: v for k, v in tags_of(call, arn).items() if k not in call.params["TagKeys"]})
    return {}
