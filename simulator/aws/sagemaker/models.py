"""Models: what to serve, from a container or from a package of the registry, possibly another account's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.sagemaker import images, resources, storage
from simulator.aws.sagemaker.acting import Actor, as_role
from simulator.aws.sagemaker.jobs import accept, assume, refuse
from simulator.aws.sagemaker.kinds.serving import MODEL
from simulator.aws.sagemaker.serving import Container
from simulator.kernel.errors import CallerError, NotSimulated


@behaviour("sagemaker", "CreateModel")
async def create_model(call: Call) -> Answer:
    """Check image, model data and role, as AWS does at once, and keep the model."""
    params = dict(call.params)
    refuse("CreateModel", params, ("InferenceExecutionConfig",))
    definition = _definition(params)
    if not params.get("ExecutionRoleArn"):
        raise CallerError("ValidationException", "ExecutionRoleArn must be given.")
    assume(call.cloud, params["ExecutionRoleArn"])
    container = await _container(call, definition, params["ExecutionRoleArn"])
    if images.resolve(container.image, call.cloud.topology.images) is None:
        text = images.missing(container.image)
        call.kernel.log.record(
            "ImageUnknown", container.image, {"error": text}, account=call.account, region=call.region
        )
        raise CallerError("ValidationException", f"Requested image {container.image} not found. ({text})")
    await _check_model_data(call, container)
    tags = params.pop("Tags", ())
    members = {**params, "_container": container.row()}
    row = resources.insert(call.kernel, MODEL, call.key(params["ModelName"]), members, tags)
    accept(call.kernel, "CreateModel", params, ("VpcConfig", "EnableNetworkIsolation"))
    return {"ModelArn": row["ModelArn"]}


def _definition(params: Mapping[str, Any]) -> Mapping[str, Any]:
    containers = params.get("Containers") or (
        [params["PrimaryContainer"]] if "PrimaryContainer" in params else []
    )
    if not containers:
        raise CallerError("ValidationException", "PrimaryContainer or Containers must be given.")
    if len(containers) > 1:
        raise NotSimulated("an inference pipeline (CreateModel with more than one container)")
    refuse(
        "CreateModel",
        containers[0],
        ("InferenceSpecificationName", "MultiModelConfig", "AdditionalModelDataSources"),
    )
    if containers[0].get("Mode", "SingleModel") != "SingleModel":
        raise NotSimulated("a multi-model container of sagemaker:CreateModel")
    found: Mapping[str, Any] = containers[0]
    return found


async def _container(call: Call, definition: Mapping[str, Any], role: str) -> Container:
    environment = dict(definition.get("Environment", {}))
    if package := definition.get("ModelPackageName"):
        caller = Actor(call.cloud, call.account, call.region, call.principal)
        described = await caller.call("sagemaker", "DescribeModelPackage", {"ModelPackageName": package})
        source = described["InferenceSpecification"]["Containers"][0]
        environment = {**source.get("Environment", {}), **environment}
    else:
        source = definition
    return Container(str(source.get("Image", "")), _data_url(source), environment, role)


def _data_url(source: Mapping[str, Any]) -> str:
    if location := source.get("ModelDataSource", {}).get("S3DataSource"):
        if location.get("CompressionType") != "Gzip" or location.get("S3DataType") != "S3Object":
            raise NotSimulated(
                "ModelDataSource that is not one Gzip S3Object", "Use ModelDataUrl with a model.tar.gz."
            )
        return str(location["S3Uri"])
    return str(source.get("ModelDataUrl", ""))


async def _check_model_data(call: Call, container: Container) -> None:
    """AWS looks for the archive as the execution role when the model is created."""
    if not container.model_data:
        return
    bucket, key = storage.split(container.model_data)
    try:
        # One byte is read, not only HeadObject: that would not ask the key by which the archive is encrypted.
        await as_role(call.cloud, container.role, call.region).call(
            "s3", "GetObject", {"Bucket": bucket, "Key": key, "Range": "bytes=0-0"}
        )
    except CallerError as error:
        raise CallerError(
            "ValidationException",
            f'Could not access model data at {container.model_data}. Please ensure that the role "{container.role}" '
            'exists and that its trust relationship policy allows the action "sts:AssumeRole" for the service '
            'principal "sagemaker.amazonaws.com". Also ensure that the role has "s3:GetObject" permissions and that '
            f"the object is located in {call.region}.{_which(error)}",
        ) from error


def _which(error: CallerError) -> str:
    """Which policy refused, S3's or the key's: AWS leaves this out; we add it in brackets."""
    return f" ({error.message})" if "is not authorized to perform" in error.message else ""


resources.describes(MODEL)
resources.lists(MODEL)
resources.deletes(MODEL)
