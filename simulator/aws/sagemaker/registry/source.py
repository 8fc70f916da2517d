"""What a model package takes over from the model, package or algorithm that it is made of.

Source: botocore's model, CreateModelPackageInput.SourceUri: a package's ARN clones it, a model's ARN registers it;
SourceAlgorithmSpecification: the algorithm's own InferenceSpecification with the model data that its training made.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.aws.sagemaker.acting import Actor
from simulator.kernel.errors import CallerError

_CLONED = ("InferenceSpecification", "AdditionalInferenceSpecifications", "ModelMetrics", "DriftCheckBaselines",
           "CustomerMetadataProperties", "Domain", "Task", "SamplePayloadUrl")  # fmt: skip
_OF_CONTAINER = ("ContainerHostname", "Image", "ModelDataUrl", "ModelDataSource", "Environment",
                 "AdditionalModelDataSources")  # fmt: skip


async def inherited(actor: Actor, params: Mapping[str, Any]) -> dict[str, Any]:
    """The members that the source gives, read as the caller; raises AWS's error where it may not be read."""
    if algorithms := params.get("SourceAlgorithmSpecification", {}).get("SourceAlgorithms"):
        return await _algorithm(actor, algorithms[0])
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


async def _algorithm(actor: Actor, source: Mapping[str, Any]) -> dict[str, Any]:
    """Raises ValidationException for an algorithm that says nothing of inference (the text is ours)."""
    found = await actor.call("sagemaker", "DescribeAlgorithm", {"AlgorithmName": source["AlgorithmName"]})
    specification = found.get("InferenceSpecification")
    if not specification:
        text = f"Algorithm {found['AlgorithmArn']} has no InferenceSpecification."
        raise CallerError("ValidationException", text)
    data = {member: source[member] for member in ("ModelDataUrl", "ModelDataSource") if member in source}
    containers = [{**each, **data} for each in specification["Containers"]]
    return {"InferenceSpecification": {**specification, "Containers": containers}}
