"""The lineage group that every account has in a region; AWS makes it, and no operation makes another."""

from __future__ import annotations

import json

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.sagemaker import resources
from simulator.aws.sagemaker.kinds.lineage import LINEAGE_GROUP
from simulator.aws.sagemaker.lineage.sharing import policy, scope_of
from simulator.kernel.errors import CallerError

NAME = "sagemaker-default-lineage-group"


def group_arn(account: str, region: str) -> str:
    """The ARN of the account's lineage group."""
    return resources.arn_of(LINEAGE_GROUP, f"{account}/{region}/{NAME}")


def _ensure(call: Call) -> None:
    key = call.key(NAME)
    if call.kernel.store.get(LINEAGE_GROUP.row, key) is None:
        members = {"DisplayName": NAME, "Description": "Default Lineage Group"}
        resources.insert(call.kernel, LINEAGE_GROUP, key, members)


@behaviour("sagemaker", "DescribeLineageGroup")
async def describe_lineage_group(call: Call) -> Answer:
    """The account's group; there is no other."""
    _ensure(call)
    key = resources.key_of(call, call.params["LineageGroupName"])
    return resources.visible(call, resources.fetch(call.kernel, LINEAGE_GROUP, key))


@behaviour("sagemaker", "ListLineageGroups")
async def list_lineage_groups(call: Call) -> Answer:
    """The one group of the account."""
    _ensure(call)
    return resources.listed(call, LINEAGE_GROUP)


@behaviour("sagemaker", "GetLineageGroupPolicy")
async def get_lineage_group_policy(call: Call) -> Answer:
    """The policy that AWS RAM wrote for the accounts that have accepted a share of the group."""
    _ensure(call)
    key = resources.key_of(call, call.params["LineageGroupName"])
    arn = resources.fetch(call.kernel, LINEAGE_GROUP, key)["LineageGroupArn"]
    if (document := policy(call.kernel, scope_of(arn))) is None:
        raise CallerError("ResourceNotFound", f"Cannot find resource policy for: {arn}.")
    return {"LineageGroupArn": arn, "ResourcePolicy": json.dumps(document)}
