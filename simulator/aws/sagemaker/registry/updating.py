"""Changes of a model package: approval, metadata, life cycle, specifications; the event names what was given.

Source: botocore's model; SageMaker developer guide, "Update the Approval Status of a Model" and
"SageMaker Model Package State Change" (UpdatedModelPackageFields).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.sagemaker import resources
from simulator.aws.sagemaker.acting import Actor, who
from simulator.aws.sagemaker.kinds.kind import Row
from simulator.aws.sagemaker.kinds.registry import MODEL_PACKAGE
from simulator.aws.sagemaker.registry import approval_notice, specification
from simulator.aws.sagemaker.registry.packages import PENDING
from simulator.kernel.errors import CallerError

_PLAIN = ("ApprovalDescription", "SourceUri", "ModelLifeCycle", "ModelPackageRegistrationType")
_IN_EVENT = {"SourceUri": "sourceUri"}
_TOKEN = "sagemaker.model_package_update_token"


@behaviour("sagemaker", "UpdateModelPackage")
async def update_model_package(call: Call) -> Answer:
    """Change what is given and nothing else."""
    params, key = call.params, resources.key_of(call, call.params["ModelPackageArn"])
    row = resources.fetch(call.kernel, MODEL_PACKAGE, key)
    token = f"{key}/{params['ClientToken']}" if params.get("ClientToken") else ""
    if token and call.kernel.store.get(_TOKEN, token) is not None:
        return {"ModelPackageArn": row["ModelPackageArn"]}
    _check(row, params)
    members = await _given(call, row, params)
    updated = [_IN_EVENT.get(name, name) for name in members]
    with call.kernel.store.transaction():
        notes = {"_updated": updated, "LastModifiedBy": who(call)}
        row = resources.change(call.kernel, MODEL_PACKAGE, key, {**members, **notes})
        if members.get("ModelApprovalStatus") == PENDING:
            approval_notice.remind(call.cloud, row)
        elif "ModelApprovalStatus" in members:
            approval_notice.settle(call.cloud, row)
        if token:
            call.kernel.store.put(_TOKEN, token, {})
    return {"ModelPackageArn": row["ModelPackageArn"]}


def _check(row: Row, params: Mapping[str, Any]) -> None:
    if "ModelApprovalStatus" in params and "ModelPackageVersion" not in row:
        text = "ModelApprovalStatus can be updated only for versioned model packages."
        raise CallerError("ValidationException", text)
    if params.get("InferenceSpecification") and params.get("SourceUri"):
        text = "InferenceSpecification and SourceUri cannot be specified together."
        raise CallerError("ValidationException", text)
    specification.check_containers(params.get("InferenceSpecification", {}))
    held = row.get("AdditionalInferenceSpecifications", [])
    specification.check_additional(held, params.get("AdditionalInferenceSpecificationsToAdd", []))


async def _given(call: Call, row: Row, params: Mapping[str, Any]) -> dict[str, Any]:
    """The members that the request sets, in the order in which the event names them."""
    actor = Actor(call.cloud, call.account, call.region, call.principal)
    members: dict[str, Any] = {}
    if "ModelApprovalStatus" in params:
        members["ModelApprovalStatus"] = params["ModelApprovalStatus"]
    members |= {name: params[name] for name in _PLAIN if name in params}
    if "InferenceSpecification" in params:
        members["InferenceSpecification"] = await specification.noted(actor, params["InferenceSpecification"])
    if "ModelCard" in params:
        members["ModelCard"] = {**row.get("ModelCard", {}), **params["ModelCard"]}
    if "CustomerMetadataProperties" in params or params.get("CustomerMetadataPropertiesToRemove"):
        members["CustomerMetadataProperties"] = _metadata(row, params)
    if added := params.get("AdditionalInferenceSpecificationsToAdd"):
        noted = [await specification.noted(actor, each) for each in added]
        held = row.get("AdditionalInferenceSpecifications", [])
        members["AdditionalInferenceSpecifications"] = [*held, *noted]
    return members


def _metadata(row: Row, params: Mapping[str, Any]) -> dict[str, str]:
    kept = {**row.get("CustomerMetadataProperties", {}), **params.get("CustomerMetadataProperties", {})}
    gone = set(params.get("CustomerMetadataPropertiesToRemove", ()))
    if len(left := {name: value for name, value in kept.items() if name not in gone}) > 50:
        text = "A model package can have at most 50 CustomerMetadataProperties."
        raise CallerError("ValidationException", text)
    return left
