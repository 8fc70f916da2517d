"""Resource policies of model package groups: by which other accounts read a registry."""

from __future__ import annotations

import json
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.sagemaker import resources
from simulator.aws.sagemaker.kinds import MODEL_PACKAGE_GROUP
from simulator.kernel.errors import CallerError
from simulator.kernel.world import Kernel

_POLICY = "sagemaker.resource_policy"


def resource_policy(kernel: Kernel, arn: str) -> dict[str, Any] | None:
    """The policy document that protects a registry resource, for authorization: that of its group, None without one.

    A model package (`...:model-package/<group>/<version>`) stands under the policy of its group.
    """
    head, _, rest = arn.partition(":model-package/")
    if rest:
        arn = f"{head}:model-package-group/{rest.split('/')[0]}"
    row = kernel.store.get(_POLICY, arn)
    return dict(json.loads(row["policy"])) if row else None


def _arn(call: Call) -> str:
    key = resources.key_of(call, call.params["ModelPackageGroupName"])
    return str(resources.fetch(call.kernel, MODEL_PACKAGE_GROUP, key)["ModelPackageGroupArn"])


@behaviour("sagemaker", "PutModelPackageGroupPolicy")
async def put_model_package_group_policy(call: Call) -> Answer:
    """Keep the policy; it must be a policy document."""
    arn, text = _arn(call), call.params["ResourcePolicy"]
    try:
        document = json.loads(text)
    except ValueError as error:
        raise CallerError("ValidationException", f"Invalid resource policy: {error}") from error
    if not isinstance(document, dict) or not document.get("Statement"):
        raise CallerError("ValidationException", "Invalid resource policy: it has no Statement.")
    with call.kernel.store.transaction():
        call.kernel.store.put(_POLICY, arn, {"policy": text})
        detail: dict[str, object] = {"policy": document}
        call.kernel.log.record("ResourcePolicyChanged", arn, detail, account=call.account, region=call.region)
    return {"ModelPackageGroupArn": arn}


@behaviour("sagemaker", "GetModelPackageGroupPolicy")
async def get_model_package_group_policy(call: Call) -> Answer:
    """The policy, word for word."""
    arn = _arn(call)
    row = call.kernel.store.get(_POLICY, arn)
    if row is None:
        raise CallerError("ValidationException", f"Cannot find resource policy for: {arn}.")
    return {"ResourcePolicy": row["policy"]}


@behaviour("sagemaker", "DeleteModelPackageGroupPolicy")
async def delete_model_package_group_policy(call: Call) -> Answer:
    """Take the policy away."""
    arn = _arn(call)
    with call.kernel.store.transaction():
        if not call.kernel.store.delete(_POLICY, arn):
            raise CallerError("ValidationException", f"Cannot find resource policy for: {arn}.")
        call.kernel.log.record(
            "ResourcePolicyChanged", arn, {"policy": None}, account=call.account, region=call.region
        )
    return {}
