"""Models: what to serve, from a container or from a package of the registry, possibly another account's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.sagemaker import images, resources, storage
from simulator.aws.sagemaker.acting import Actor, as_role
from simulator.aws.sagemaker.jobs import accept, assume
from simulator.aws.sagemaker.kinds.serving import MODEL
from simulator.aws.sagemaker.serving import Container
from simulator.kernel.errors import CallerError


@behaviour("sagemaker", "CreateModel")
async def create_model(call: Call) -> Answer:
    """Check images, model data and role, as AWS does at once, and keep the model; a role is not required.

    What AWS serves and this simulator does not (an inference pipeline, several models in a container, an image that
    nobody can run offline) is kept all the same; an endpoint or transform job that needs it fails and says so.
    """
    params = dict(call.params)
    definitions = params.get("Containers") or [params[m] for m in ("PrimaryContainer",) if m in params]
    if not definitions or ("PrimaryContainer" in params and params.get("Containers")):
        raise CallerError("ValidationException", "Either PrimaryContainer or Containers must be given.")
    if role := params.get("ExecutionRoleArn", ""):
        assume(call.cloud, role)
    containers = [await _container(call, definition, role) for definition in definitions]
    for container in containers:
        _check_image(call, container.image)
        await _check_model_data(call, container)
    served = replace(containers[0], unserved=_unserved(params, definitions))
    tags = params.pop("Tags", ())
    row = resources.insert(
        call.kernel, MODEL, call.key(params["ModelName"]), {**params, "_container": served.row()}, tags
    )
    accept(
        call.kernel,
        "CreateModel",
        params,
        ("VpcConfig", "EnableNetworkIsolation", "InferenceExecutionConfig"),
    )
    return {"ModelArn": row["ModelArn"]}


def _unserved(params: Mapping[str, Any], definitions: Sequence[Mapping[str, Any]]) -> str:
    """Why nothing here serves such a model; empty where something does."""
    first = definitions[0]
    if not params.get("ExecutionRoleArn"):
        return "a model without ExecutionRoleArn has nobody as whom its container would run"
    if len(definitions) > 1:
        return "an inference pipeline (a model of more than one container) is not simulated"
    if first.get("Mode", "SingleModel") != "SingleModel":
        return "a container of several models is not simulated"
    if first.get("AdditionalModelDataSources"):
        return "AdditionalModelDataSources is not simulated"
    location = first.get("ModelDataSource", {}).get("S3DataSource", {})
    if location and (location.get("CompressionType"), location.get("S3DataType")) != ("Gzip", "S3Object"):
        return "ModelDataSource that is not one Gzip S3Object is not simulated; use ModelDataUrl with a model.tar.gz"
    return ""


def _check_image(call: Call, image: str) -> None:
    """AWS's own images are there, whether or not one of ours stands in for them; others must be known."""
    if images.resolve(image, call.cloud.topology.images) is not None:
        return
    text = images.missing(image)
    detail: dict[str, object] = {"error": text}
    call.kernel.log.record("ImageUnknown", image, detail, account=call.account, region=call.region)
    if not images.is_of_aws(image):
        raise CallerError("ValidationException", f"Requested image {image} not found. ({text})")


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
    location = source.get("ModelDataSource", {}).get("S3DataSource")
    return str(location["S3Uri"] if location else source.get("ModelDataUrl", ""))


async def _check_model_data(call: Call, container: Container) -> None:
    """AWS looks for the archive as the execution role when the model is created."""
    if not container.model_data or container.model_data.endswith("/"):
        return
    if not container.role:
        raise CallerError("ValidationException", "ExecutionRoleArn must be given where there is model data.")
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
