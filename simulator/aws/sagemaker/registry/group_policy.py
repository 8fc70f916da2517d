"""Resource policies of model package groups: by which other accounts read a registry."""

from __future__ import annotations

import json
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.sagemaker import resources
from simulator.aws.sagemaker.kinds.registry import MODEL_PACKAGE_GROUP
from simulator.kernel.errors import CallerError
from simulator.kernel.world import Kernel

POLICY = "sagemaker.model_package_group_policy"
"""Rows by account/region/group, which authorization reads: `policy` is the document."""


def resource_policy(kernel: Kernel, arn: str) -> dict[str, Any] | None:
    """The policy document that protects a registry resource: that of its group, None without one.

    A model package (`...:model-package/<group>/<version>`) stands under the policy of its group.
    """
    _, _, _, region, account, resource = arn.split(":", 5)
    row = kernel.store.get(POLICY, f"{account}/{region}/{resource.split('/')[1]}")
    return dict(row["policy"]) if row else None


def _group(call: Call) -> tuple[str, str]:
    """Key and ARN of the group that the request names."""
    key = resources.key_of(call, call.params["ModelPackageGroupName"])
    return key, str(resources.fetch(call.kernel, MODEL_PACKAGE_GROUP, key)["ModelPackageGroupArn"])


def _record(call: Call, arn: str, document: dict[str, Any] | None) -> None:
    detail: dict[str, object] = {"policy": document}
    call.kernel.log.record("ResourcePolicyChanged", arn, detail, account=call.account, region=call.region)


@behaviour("sagemaker", "PutModelPackageGroupPolicy")
async def put_model_package_group_policy(call: Call) -> Answer:
    """Keep the policy; it must be a policy document."""
    (key, arn), text = _group(call), call.params["ResourcePolicy"]
    try:
        document = json.loads(text)
    except ValueError as error:
        raise CallerError("ValidationException", f"Invalid resource policy: {error}") from error
    if not isinstance(document, dict) or not document.get("Statement"):
        raise CallerError("ValidationException", "Invalid resource policy: it has no Statement.")
    with call.kernel.store.transaction():
        call.kernel.store.put(POLICY, key, {"policy": document, "text": text})
        _record(call, arn, document)
    return {"ModelPackageGroupArn": arn}


@behaviour("sagemaker", "GetModelPackageGroupPolicy")
async def get_model_package_group_policy(call: Call) -> Answer:
    """The policy, word for word."""
    key, arn = _group(call)
    row = call.kernel.store.get(POLICY, key)
    if row is None:
        raise CallerError("ValidationException", f"Cannot find resource policy for: {arn}.")
    return {"ResourcePolicy": row["text"]}


@behaviour("sagemaker", "DeleteModelPackageGroupPolicy")
async def delete_model_package_group_policy(call: Call) -> Answer:
    """Take the policy away."""
    key, arn = _group(call)
    with call.kernel.store.transaction():
        if not call.kernel.store.delete(POLICY, key):
            raise CallerError("ValidationException", f"Cannot find resource policy for: {arn}.")
        _record(call, arn, None)
    return {}
