"""The model registry: groups, versions with their metrics and lineage, and approval, which others act on.

Source: botocore's model; SageMaker developer guide, "Model Registry" and "SageMaker Model Package State Change".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.sagemaker import approval_notice, resources
from simulator.aws.sagemaker.jobs import refuse
from simulator.aws.sagemaker.kinds.kind import Row
from simulator.aws.sagemaker.kinds.registry import MODEL_PACKAGE, MODEL_PACKAGE_GROUP
from simulator.aws.sagemaker.resources import key_of, visible
from simulator.kernel.errors import CallerError
from simulator.kernel.indexes import Condition

_COUNTER = "sagemaker.model_package_counter"
_TOKEN = "sagemaker.model_package_token"
PENDING, APPROVED, REJECTED = "PendingManualApproval", "Approved", "Rejected"
_DONE: dict[str, list[Any]] = {"ValidationStatuses": [], "ImageScanStatuses": []}
_UPDATABLE = ("ApprovalDescription", "SourceUri", "InferenceSpecification", "ModelCard", "ModelLifeCycle")


def _who(call: Call) -> dict[str, Any]:
    return {"IamIdentity": {"Arn": call.principal.arn, "PrincipalId": call.principal.user_id}}


@behaviour("sagemaker", "CreateModelPackageGroup")
async def create_model_package_group(call: Call) -> Answer:
    """A group that versions are added to."""
    params = dict(call.params)
    tags, key = params.pop("Tags", ()), call.key(params["ModelPackageGroupName"])
    row = resources.insert(call.kernel, MODEL_PACKAGE_GROUP, key, {**params, "CreatedBy": _who(call)}, tags)
    return {"ModelPackageGroupArn": row["ModelPackageGroupArn"]}


@behaviour("sagemaker", "DeleteModelPackageGroup")
async def delete_model_package_group(call: Call) -> Answer:
    """Delete a group that has no versions left."""
    key = key_of(call, call.params["ModelPackageGroupName"])
    resources.fetch(call.kernel, MODEL_PACKAGE_GROUP, key)
    if call.kernel.store.count(MODEL_PACKAGE.row, f"{key}/"):
        text = f"Model Package Group {resources.arn_of(MODEL_PACKAGE_GROUP, key)} must not contain model packages."
        raise CallerError("ConflictException", text)
    resources.remove(call.kernel, MODEL_PACKAGE_GROUP, key)
    call.kernel.store.delete("sagemaker.model_package_group_policy", key)
    return {}


@behaviour("sagemaker", "CreateModelPackage")
async def create_model_package(call: Call) -> Answer:
    """A version of a group, or a package of its own name; the same ClientToken gives the same package."""
    params, kernel = dict(call.params), call.kernel
    refuse("CreateModelPackage", params, ("ValidationSpecification", "SourceAlgorithmSpecification"))
    token = f"{call.key('')}{params.pop('ClientToken', '')}"
    if not token.endswith("/") and (made := kernel.store.get(_TOKEN, token)):
        return {"ModelPackageArn": made["arn"]}
    tags = params.pop("Tags", ())
    _check_specification(params)
    members = {
        **params,
        "ModelPackageStatusDetails": _DONE,
        "CreatedBy": _who(call),
        "LastModifiedBy": _who(call),
        "CertifyForMarketplace": params.get("CertifyForMarketplace", False),
    }
    with kernel.store.transaction():
        if group := params.get("ModelPackageGroupName"):
            row = _new_version(call, str(group), members, tags)
        elif name := params.get("ModelPackageName"):
            row = resources.insert(kernel, MODEL_PACKAGE, call.key(str(name)), members, tags)
        else:
            text = "Either ModelPackageName or ModelPackageGroupName must be specified."
            raise CallerError("ValidationException", text)
        kernel.store.put(_TOKEN, token, {"arn": row["ModelPackageArn"]})
    return {"ModelPackageArn": row["ModelPackageArn"]}


def _check_specification(params: Mapping[str, Any]) -> None:
    for container in params.get("InferenceSpecification", {}).get("Containers", []):
        if (
            "Image" not in container
            and "ModelDataUrl" not in container
            and "ModelDataSource" not in container
        ):
            text = "Each container of InferenceSpecification must have an Image or model data."
            raise CallerError("ValidationException", text)


def _new_version(call: Call, group: str, members: dict[str, Any], tags: Iterable[Any]) -> Row:
    kernel, group_key = call.kernel, key_of(call, group)
    resources.fetch(kernel, MODEL_PACKAGE_GROUP, group_key)
    with kernel.store.transaction():
        version = (kernel.store.get(_COUNTER, group_key) or {"last": 0})["last"] + 1
        kernel.store.put(_COUNTER, group_key, {"last": version})
        members = {
            **members,
            "ModelPackageGroupName": resources.place(group_key)[2],
            "ModelPackageVersion": version,
        }
        members.setdefault("ModelApprovalStatus", PENDING)
        members.pop("ModelPackageName", None)
        row = resources.insert(kernel, MODEL_PACKAGE, f"{group_key}/{version}", members, tags)
        if row["ModelApprovalStatus"] == PENDING:
            approval_notice.remind(call.cloud, row)
    return row


@behaviour("sagemaker", "DescribeModelPackage")
async def describe_model_package(call: Call) -> Answer:
    """A package by name or ARN; that of another account is read where its group's policy allows it."""
    return visible(
        call, resources.fetch(call.kernel, MODEL_PACKAGE, key_of(call, call.params["ModelPackageName"]))
    )


@behaviour("sagemaker", "ListModelPackages")
async def list_model_packages(call: Call) -> Answer:
    """The versions of a group, or the packages without one."""
    kind = call.params.get("ModelPackageType", "Unversioned")
    if group := call.params.get("ModelPackageGroupName"):
        key = key_of(call, group)
        resources.fetch(call.kernel, MODEL_PACKAGE_GROUP, key)
        return resources.listed(call, MODEL_PACKAGE, parent=key)
    if kind == "Both":
        return resources.listed(call, MODEL_PACKAGE)
    top = Condition(resources.PARENT, "=" if kind == "Unversioned" else "!=", call.key(""))
    return resources.listed(call, MODEL_PACKAGE, also=[top])


@behaviour("sagemaker", "UpdateModelPackage")
async def update_model_package(call: Call) -> Answer:
    """Change what is given and nothing else; the event names the fields that were given."""
    params, key = call.params, key_of(call, call.params["ModelPackageArn"])
    refuse("UpdateModelPackage", params, ("AdditionalInferenceSpecificationsToAdd",))
    row = resources.fetch(call.kernel, MODEL_PACKAGE, key)
    members: dict[str, Any] = {name: params[name] for name in _UPDATABLE if name in params}
    updated = ["sourceUri" if name == "SourceUri" else name for name in members]
    if "ModelApprovalStatus" in params:
        if "ModelPackageVersion" not in row:
            text = "ModelApprovalStatus can be updated only for versioned model packages."
            raise CallerError("ValidationException", text)
        members["ModelApprovalStatus"] = params["ModelApprovalStatus"]
        updated.insert(0, "ModelApprovalStatus")
    if "CustomerMetadataProperties" in params or params.get("CustomerMetadataPropertiesToRemove"):
        kept = {**row.get("CustomerMetadataProperties", {}), **params.get("CustomerMetadataProperties", {})}
        gone = set(params.get("CustomerMetadataPropertiesToRemove", ()))
        members["CustomerMetadataProperties"] = {
            name: value for name, value in kept.items() if name not in gone
        }
        updated.append("CustomerMetadataProperties")
    with call.kernel.store.transaction():
        row = resources.change(
            call.kernel, MODEL_PACKAGE, key, {**members, "_updated": updated, "LastModifiedBy": _who(call)}
        )
        if members.get("ModelApprovalStatus") == PENDING:
            approval_notice.remind(call.cloud, row)
        elif "ModelApprovalStatus" in members:
            approval_notice.settle(call.cloud, row)
    return {"ModelPackageArn": row["ModelPackageArn"]}


@behaviour("sagemaker", "DeleteModelPackage")
async def delete_model_package(call: Call) -> Answer:
    """Delete one package; its version number is never used again."""
    key = key_of(call, call.params["ModelPackageName"])
    row = resources.fetch(call.kernel, MODEL_PACKAGE, key)
    resources.remove(call.kernel, MODEL_PACKAGE, key)
    approval_notice.settle(call.cloud, row)
    return {}


resources.describes(MODEL_PACKAGE_GROUP)
resources.lists(MODEL_PACKAGE_GROUP)
