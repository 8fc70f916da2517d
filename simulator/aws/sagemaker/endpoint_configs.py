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
_VARIANT_REFUSED = ("ServerlessConfig", "RoutingConfig", "ManagedInstanceScaling", "InferenceAmiVersion")
_VARIANT_ACCEPTED = ("AcceleratorType", "VolumeSizeInGB", "ModelDataDownloadTimeoutInSeconds", "CoreDumpConfig",
                     "ContainerStartupHealthCheckTimeoutInSeconds", "EnableSSMAccess")  # fmt: skip


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
    variants = [
        {"InitialVariantWeight": 1.0, "InitialInstanceCount": 1, **v} for v in params["ProductionVariants"]
    ]
    params["ProductionVariants"] = variants
    row = resources.insert(call.kernel, ENDPOINT_CONFIG, call.key(params["EndpointConfigName"]), params, tags)
    return {"EndpointConfigArn": row["EndpointConfigArn"]}


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
    return {
        "VariantName": variant["VariantName"],
        "DeployedImages": [{"SpecifiedImage": image, "ResolvedImage": image}],
        "CurrentWeight": float(variant["InitialVariantWeight"]),
        "DesiredWeight": float(variant["InitialVariantWeight"]),
        "CurrentInstanceCount": variant["InitialInstanceCount"],
        "DesiredInstanceCount": variant["InitialInstanceCount"],
    }


resources.describes(ENDPOINT_CONFIG)
resources.lists(ENDPOINT_CONFIG)
resources.deletes(ENDPOINT_CONFIG)
