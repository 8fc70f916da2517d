"""Making and deleting model packages: versions of a group, or packages with a name of their own.

Source: botocore's model; SageMaker developer guide, "Register a Model Version".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.sagemaker import resources
from simulator.aws.sagemaker.acting import Actor, who
from simulator.aws.sagemaker.jobs import accept, refuse
from simulator.aws.sagemaker.kinds.kind import Row
from simulator.aws.sagemaker.kinds.registry import MODEL_PACKAGE, MODEL_PACKAGE_GROUP
from simulator.aws.sagemaker.registry import approval_notice, specification, validation
from simulator.aws.sagemaker.registry.source import inherited
from simulator.kernel.errors import CallerError

_COUNTER = "sagemaker.model_package_counter"
_TOKEN = "sagemaker.model_package_token"
PENDING = "PendingManualApproval"


@behaviour("sagemaker", "CreateModelPackage")
async def create_model_package(call: Call) -> Answer:
    """A version of a group, or a package of its own name; the same ClientToken gives the same package."""
    params, kernel = dict(call.params), call.kernel
    given = str(params.pop("ClientToken", ""))
    token = f"{call.key('')}{given}" if given else ""
    if made := kernel.store.get(_TOKEN, token) if token else None:
        return {"ModelPackageArn": made["arn"]}
    refuse("CreateModelPackage", params, ("ManagedStorageType",))
    specification.check(params)
    tags = params.pop("Tags", ())
    members = await _members(call, params)
    with kernel.store.transaction():
        if group := params.get("ModelPackageGroupName"):
            row = _new_version(call, str(group), members)
        else:
            members.pop("ModelApprovalStatus", None)  # it "does not apply to unversioned models" (botocore)
            row = resources.insert(kernel, MODEL_PACKAGE, call.key(params["ModelPackageName"]), members, tags)
        key = resources.key_of(call, row["ModelPackageArn"])
        validation.note(kernel, key, row)
        if token:
            kernel.store.put(_TOKEN, token, {"arn": row["ModelPackageArn"]})
        accept(kernel, "CreateModelPackage", params, ("SecurityConfig", "CertifyForMarketplace"))
    validation.launch(call.cloud, key)
    return {"ModelPackageArn": row["ModelPackageArn"]}


async def _members(call: Call, params: Mapping[str, Any]) -> dict[str, Any]:
    """What the row holds at first: what was given, what its source says, and what the registry notes itself."""
    actor = Actor(call.cloud, call.account, call.region, call.principal)
    members = {**await inherited(actor, params), **params}
    if "InferenceSpecification" in members:
        members["InferenceSpecification"] = await specification.noted(
            actor, members["InferenceSpecification"]
        )
    if additional := params.get("AdditionalInferenceSpecifications"):
        members["AdditionalInferenceSpecifications"] = [
            await specification.noted(actor, each) for each in additional
        ]
    return {
        **members,
        **validation.begun(params),
        "CreatedBy": who(call),
        "LastModifiedBy": who(call),
        "CertifyForMarketplace": params.get("CertifyForMarketplace", False),
        "ModelPackageRegistrationType": params.get("ModelPackageRegistrationType", "Registered"),
    }


def _new_version(call: Call, group: str, members: dict[str, Any]) -> Row:
    kernel, group_key = call.kernel, resources.key_of(call, group)
    if kernel.store.get(MODEL_PACKAGE_GROUP.row, group_key) is None:
        raise CallerError(
            "ValidationException", "Model Package Group does not exist."
        )  # as of getmoto/moto#7165
    version = (kernel.store.get(_COUNTER, group_key) or {"last": 0})["last"] + 1
    kernel.store.put(_COUNTER, group_key, {"last": version})
    members = {
        **members,
        "ModelPackageGroupName": resources.place(group_key)[2],
        "ModelPackageVersion": version,
    }
    members.setdefault("ModelApprovalStatus", PENDING)
    row = resources.insert(kernel, MODEL_PACKAGE, f"{group_key}/{version}", members)
    if row["ModelApprovalStatus"] == PENDING:
        approval_notice.remind(call.cloud, row)
    return row


@behaviour("sagemaker", "DeleteModelPackage")
async def delete_model_package(call: Call) -> Answer:
    """Delete one package; its version number is never used again."""
    key = resources.key_of(call, call.params["ModelPackageName"])
    row = resources.fetch(call.kernel, MODEL_PACKAGE, key)
    if row["ModelPackageStatus"] in MODEL_PACKAGE.in_progress:
        text = f"ModelPackage {row['ModelPackageArn']} is in status {row['ModelPackageStatus']} and cannot be deleted."
        raise CallerError("ConflictException", text)
    with call.kernel.store.transaction():
        resources.remove(call.kernel, MODEL_PACKAGE, key)
        approval_notice.settle(call.cloud, row)
    return {}
