"""Model packages as they are read: one, many at once, and lists of a group or of an account."""

from __future__ import annotations

import json
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.sagemaker import resources
from simulator.aws.sagemaker.kinds.registry import MODEL_PACKAGE, MODEL_PACKAGE_GROUP
from simulator.kernel.errors import CallerError, NotSimulated
from simulator.kernel.indexes import Condition

_BATCH = ("ModelPackageGroupName", "ModelPackageVersion", "ModelPackageArn", "ModelPackageDescription",
          "CreationTime", "InferenceSpecification", "ModelPackageStatus", "ModelApprovalStatus",
          "ModelPackageRegistrationType")  # fmt: skip
_PLAIN_OF_CARD = ("model_id", "model_name", "risk_rating", "model_card_name")


@behaviour("sagemaker", "DescribeModelPackage")
async def describe_model_package(call: Call) -> Answer:
    """A package by name or ARN; that of another account is read where its group's policy allows it."""
    key = resources.key_of(call, call.params["ModelPackageName"])
    row = await resources.settled(call, MODEL_PACKAGE, key)
    if call.params.get("IncludedData") == "MetadataOnly" and row.get("ModelCard"):
        row["ModelCard"] = {**row["ModelCard"], "ModelCardContent": _sanitized(row["ModelCard"])}
    return resources.visible(call, row)


def _sanitized(card: dict[str, Any]) -> str:
    """The card's content without all but a few plain fields, as `MetadataOnly` gives it.

    Botocore says "a small set of unencrypted metadata fields" and does not name them: these are ours.
    """
    overview = json.loads(card.get("ModelCardContent") or "{}").get("model_overview", {})
    return json.dumps({"model_overview": {m: overview[m] for m in _PLAIN_OF_CARD if m in overview}})


@behaviour("sagemaker", "BatchDescribeModelPackage")
async def batch_describe_model_package(call: Call) -> Answer:
    """Versions by ARN; what cannot be read is told apart, with its error."""
    found: dict[str, Any] = {}
    errors: dict[str, Any] = {}
    for arn in call.params["ModelPackageArnList"]:
        try:
            row = await call.cloud.call(
                "sagemaker", "DescribeModelPackage", {"ModelPackageName": arn},
                account=call.account, region=call.region, principal=call.principal,
            )  # fmt: skip
        except CallerError as error:
            errors[arn] = {"ErrorCode": error.code, "ErrorResponse": error.message}
            continue
        found[arn] = {member: row[member] for member in _BATCH if row.get(member) is not None}
    return {"ModelPackageSummaries": found, "BatchDescribeModelPackageErrorMap": errors}


@behaviour("sagemaker", "ListModelPackages")
async def list_model_packages(call: Call) -> Answer:
    """The versions of a group, by its name or an ARN of any account, or the packages of the asked type."""
    kind = call.params.get("ModelPackageType", "Unversioned")
    if group := call.params.get("ModelPackageGroupName"):
        key = resources.key_of(call, group)
        resources.fetch(call.kernel, MODEL_PACKAGE_GROUP, key)
        return _by_arn(resources.listed(call, MODEL_PACKAGE, parent=key))
    if kind == "Both":
        return _by_arn(resources.listed(call, MODEL_PACKAGE))
    top = Condition(resources.PARENT, "=" if kind == "Unversioned" else "!=", call.key(""))
    return _by_arn(resources.listed(call, MODEL_PACKAGE, also=[top]))


def _by_arn(answer: Answer) -> Answer:
    """The list as AWS gives it: a version has no name there, only its ARN (aws/sagemaker-python-sdk#5606)."""
    for each in answer[MODEL_PACKAGE.list_member]:
        if "ModelPackageVersion" in each:
            each.pop("ModelPackageName", None)
    return answer


@behaviour("sagemaker", "ListModelMetadata")
async def list_model_metadata(call: Call) -> Answer:
    """AWS's own catalogue of the models in public model zoos, which we do not have."""
    raise NotSimulated("AWS's catalogue of public models (sagemaker:ListModelMetadata)")
