"""Endpoint configurations: variants of models with their weights, and what is captured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.sagemaker import resources, storage
from simulator.aws.sagemaker.jobs import accept, refuse
from simulator.aws.sagemaker.kinds.kind import Row
from simulator.aws.sagemaker.kinds.serving import ENDPOINT_CONFIG, MODEL
from simulator.kernel.errors import CallerError, NotSimulated
from simulator.kernel.world import Kernel

_REFUSED = ("AsyncInferenceConfig", "ExplainerConfig", "ShadowProductionVariants", "MetricsConfig")
_VARIANT_REFUSED = ("RoutingConfig", "ManagedInstanceScaling", "InferenceAmiVersion")
_VARIANT_ACCEPTED = ("AcceleratorType", "VolumeSizeInGB", "ModelDataDownloadTimeoutInSeconds", "CoreDumpConfig",
                     "ContainerStartupHealthCheckTimeoutInSeconds", "EnableSSMAccess", "ServerlessConfig")  # fmt: skip


@behaviour("sagemaker", "CreateEndpointConfig")
async def create_endpoint_config(call: Call) -> Answer:
    """Check that the models are there and the capture can be, and keep the configuration."""
    params = dict(call.params)
    refuse("CreateEndpointConfig", params, _REFUSED)
    names = [variant["VariantName"] for variant in params["ProductionVariants"]]
    if len(set(names)) != len(names):
        raise CallerError(
            "ValidationException", "Variant names must be unique within an endpoint configuration."
        )
    _check_serverless(params)
    for variant in params["ProductionVariants"]:
        refuse("CreateEndpointConfig", variant, _VARIANT_REFUSED)
        accept(call.kernel, "CreateEndpointConfig", variant, _VARIANT_ACCEPTED)
        if "ModelName" not in variant:
            raise NotSimulated("a variant without ModelName (inference components)")
        resources.fetch(call.kernel, MODEL, call.key(variant["ModelName"]))
        if variant.get("InitialInstanceCount", 1) > 1:
            call.kernel.log.record(
                "AcceptedNotSimulated", "InitialInstanceCount above 1: one container serves", {}
            )
    if capture := params.get("DataCaptureConfig"):
        storage.split(capture["DestinationS3Uri"])
    tags = params.pop("Tags", ())
    params["ProductionVariants"] = [_with_defaults(variant) for variant in params["ProductionVariants"]]
    row = resources.insert(call.kernel, ENDPOINT_CONFIG, call.key(params["EndpointConfigName"]), params, tags)
    return {"EndpointConfigArn": row["EndpointConfigArn"]}


def _with_defaults(variant: Mapping[str, Any]) -> dict[str, Any]:
    """A serverless variant has no instances to count."""
    counted = {} if "ServerlessConfig" in variant else {"InitialInstanceCount": 1}
    return {"InitialVariantWeight": 1.0, **counted, **variant}


def _check_serverless(params: Mapping[str, Any]) -> None:
    """A serverless variant stands alone, has no instances, and captures nothing.

    Source: developer guide, "Deploy models with Amazon SageMaker Serverless Inference", feature exclusions; the texts
    are ours. Here one container stays up: nothing starts cold, and MaxConcurrency does not throttle.
    """
    variants = params["ProductionVariants"]
    for variant in variants:
        if "ServerlessConfig" not in variant:
            continue
        text = ""
        if len(variants) > 1:
            text = "An endpoint configuration with ServerlessConfig can have one production variant only."
        elif "InstanceType" in variant or "InitialInstanceCount" in variant:
            text = "InstanceType and InitialInstanceCount cannot be given together with ServerlessConfig."
        elif params.get("DataCaptureConfig"):
            text = "Data capture is not supported for serverless endpoints."
        elif variant["ServerlessConfig"]["MemorySizeInMB"] % 1024:
            text = "MemorySizeInMB must be one of 1024, 2048, 3072, 4096, 5120, 6144."
        if text:
            raise CallerError("ValidationException", text)


def plan(kernel: Kernel, place: str, config: Row, endpoint: str) -> dict[str, Any]:
    """What an endpoint needs to serve a configuration: a work for each variant, with all that starts it again."""
    variants = {}
    for variant in config["ProductionVariants"]:
        model = resources.fetch(kernel, MODEL, f"{place}/{variant['ModelName']}")
        work = f"endpoint-{place.replace('/', '-')}-{endpoint}-{variant['VariantName']}-{kernel.ids.hex(8)}"
        variants[variant["VariantName"]] = {"container": model["_container"], "work": work}
    return {
        "config": config["EndpointConfigName"],
        "variants": variants,
        "capture": config.get("DataCaptureConfig"),
        "shown": [
            _shown(variant, model_image(kernel, place, variant)) for variant in config["ProductionVariants"]
        ],
    }


def model_image(kernel: Kernel, place: str, variant: Mapping[str, Any]) -> str:
    """The image URI of a variant's model."""
    return str(resources.fetch(kernel, MODEL, f"{place}/{variant['ModelName']}")["_container"]["image"])


def _shown(variant: Mapping[str, Any], image: str) -> dict[str, Any]:
    """A variant as DescribeEndpoint gives it (ProductionVariantSummary)."""
    shown = {
        "VariantName": variant["VariantName"],
        "DeployedImages": [{"SpecifiedImage": image, "ResolvedImage": image}],
        "CurrentWeight": float(variant["InitialVariantWeight"]),
        "DesiredWeight": float(variant["InitialVariantWeight"]),
    }
    if serverless := variant.get("ServerlessConfig"):
        return {**shown, "CurrentServerlessConfig": serverless, "DesiredServerlessConfig": serverless}
    count = variant["InitialInstanceCount"]
    return {**shown, "CurrentInstanceCount": count, "DesiredInstanceCount": count}


resources.describes(ENDPOINT_CONFIG)
resources.lists(ENDPOINT_CONFIG)
resources.deletes(ENDPOINT_CONFIG)
