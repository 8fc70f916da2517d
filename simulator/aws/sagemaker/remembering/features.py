"""What is said of single features of a feature group: a description, parameters."""

from __future__ import annotations

from simulator.aws.behaviour import Answer, Call, memory
from simulator.aws.sagemaker import resources
from simulator.aws.sagemaker.kinds.feature_store import FEATURE_GROUP
from simulator.aws.sagemaker.kinds.kind import Row
from simulator.aws.sagemaker.naming import key_of
from simulator.kernel.errors import CallerError

METADATA = "sagemaker.feature_metadata"


def _feature(call: Call) -> tuple[str, Row, Row]:
    """The key of the feature's metadata, its group and its definition; raises ResourceNotFound."""
    group_key, name = key_of(call, call.params["FeatureGroupName"]), call.params["FeatureName"]
    group = resources.fetch(call.kernel, FEATURE_GROUP, group_key)
    for definition in group["FeatureDefinitions"]:
        if definition["FeatureName"] == name:
            return f"{group_key}/{name}", group, definition
    text = f"Resource Not Found: Amazon SageMaker can't find a Feature with name {name}"
    raise CallerError("ResourceNotFound", text)


@memory("sagemaker", "DescribeFeatureMetadata")
async def describe_feature_metadata(call: Call) -> Answer:
    """A feature, its type and what was said of it."""
    key, group, definition = _feature(call)
    known = call.kernel.store.get(METADATA, key) or {}
    return {
        "FeatureGroupArn": group["FeatureGroupArn"],
        "FeatureGroupName": group["FeatureGroupName"],
        "FeatureName": definition["FeatureName"],
        "FeatureType": definition["FeatureType"],
        "CreationTime": group["CreationTime"],
        "LastModifiedTime": known.get("LastModifiedTime", group["CreationTime"]),
        "Description": known.get("Description"),
        "Parameters": [{"Key": k, "Value": v} for k, v in known.get("Parameters", {}).items()],
    }


@memory("sagemaker", "UpdateFeatureMetadata")
async def update_feature_metadata(call: Call) -> Answer:
    """Say something of a feature, or unsay it."""
    key, _, _ = _feature(call)
    known, params = call.kernel.store.get(METADATA, key) or {}, call.params
    parameters = {
        **known.get("Parameters", {}),
        **{p["Key"]: p["Value"] for p in params.get("ParameterAdditions", ())},
    }
    gone = set(params.get("ParameterRemovals", ()))
    known["Parameters"] = {k: v for k, v in parameters.items() if k not in gone}
    known["Description"] = params.get("Description", known.get("Description"))
    call.kernel.store.put(METADATA, key, {**known, "LastModifiedTime": call.kernel.clock.now()})
    return {}
