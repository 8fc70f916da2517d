"""What a model package takes over from the model or package that its SourceUri names.

Source: botocore's model, CreateModelPackageInput.SourceUri: a package's ARN clones it, a model's ARN registers it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.aws.sagemaker.acting import Actor

_CLONED = ("InferenceSpecification", "AdditionalInferenceSpecifications", "ModelMetrics", "DriftCheckBaselines",
           "CustomerMetadataProperties", "Domain", "Task", "SamplePayloadUrl")  # fmt: skip
_OF_CONTAINER = ("ContainerHostname", "Image", "ModelDataUrl", "ModelDataSource", "Environment",
                 "AdditionalModelDataSources")  # fmt: skip


async def inherited(actor: Actor, params: Mapping[str, Any]) -> dict[str, Any]:
    """The members that the source gives, read as the caller; raises AWS's error where it may not be read."""
    source = str(params.get("SourceUri", ""))
    if ":model-package/" in source and source.startswith("arn:"):
        return await _package(actor, source)
    if ":model/" in source and source.startswith("arn:"):
        return await _model(actor, source)
    return {}


async def _package(actor: Actor, arn: str) -> dict[str, Any]:
    found = await actor.call("sagemaker", "DescribeModelPackage", {"ModelPackageName": arn})
    return {member: found[member] for member in _CLONED if found.get(member)}


async def _model(actor: Actor, arn: str) -> dict[str, Any]:
    found = await actor.call("sagemaker", "DescribeModel", {"ModelName": arn.rsplit("/", 1)[-1]})
    containers = found.get("Containers") or [found["PrimaryContainer"]]
    if package := containers[0].get("ModelPackageName"):
        return await _package(actor, str(package))
    kept = [{m: each[m] for m in _OF_CONTAINER if each.get(m)} for each in containers]
    return {"InferenceSpecification": {"Containers": kept}}
