"""Groups of model packages: made, listed with those that other accounts share, deleted when empty."""

from __future__ import annotations

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.sagemaker import resources
from simulator.aws.sagemaker.acting import who
from simulator.aws.sagemaker.kinds.registry import MODEL_PACKAGE, MODEL_PACKAGE_GROUP
from simulator.aws.sagemaker.registry.group_policy import POLICY
from simulator.kernel.errors import CallerError


@behaviour("sagemaker", "CreateModelPackageGroup")
async def create_model_package_group(call: Call) -> Answer:
    """A group that versions are added to."""
    params = dict(call.params)
    tags, key = params.pop("Tags", ()), call.key(params["ModelPackageGroupName"])
    row = resources.insert(call.kernel, MODEL_PACKAGE_GROUP, key, {**params, "CreatedBy": who(call)}, tags)
    return {"ModelPackageGroupArn": row["ModelPackageGroupArn"]}


@behaviour("sagemaker", "DeleteModelPackageGroup")
async def delete_model_package_group(call: Call) -> Answer:
    """Delete a group that has no versions left, and its policy."""
    key = resources.key_of(call, call.params["ModelPackageGroupName"])
    resources.fetch(call.kernel, MODEL_PACKAGE_GROUP, key)
    if call.kernel.store.count(MODEL_PACKAGE.row, f"{key}/"):
        text = f"Model Package Group {resources.arn_of(MODEL_PACKAGE_GROUP, key)} must not contain model packages."
        raise CallerError("ConflictException", text)
    with call.kernel.store.transaction():
        resources.remove(call.kernel, MODEL_PACKAGE_GROUP, key)
        call.kernel.store.delete(POLICY, key)
    return {}


@behaviour("sagemaker", "ListModelPackageGroups")
async def list_model_package_groups(call: Call) -> Answer:
    """The groups here, or with CrossAccount those of other accounts whose policies let the caller describe them."""
    if call.params.get("CrossAccountFilterOption") != "CrossAccount":
        return resources.listed(call, MODEL_PACKAGE_GROUP)
    shared = []
    for key, _ in call.kernel.store.scan(POLICY):
        account, region, _ = resources.place(key)
        if account != call.account and region == call.region and await _may_describe(call, key):
            shared.append(resources.fetch(call.kernel, MODEL_PACKAGE_GROUP, key))
    return resources.page(call, MODEL_PACKAGE_GROUP, shared)


async def _may_describe(call: Call, key: str) -> bool:
    params = {"ModelPackageGroupName": resources.arn_of(MODEL_PACKAGE_GROUP, key)}
    try:
        await call.cloud.call(
            "sagemaker",
            "DescribeModelPackageGroup",
            params,
            account=call.account,
            region=call.region,
            principal=call.principal,
        )
    except CallerError as error:
        if error.code != "AccessDeniedException":
            raise
        return False
    return True


resources.describes(MODEL_PACKAGE_GROUP)
