"""Endpoint configurations: variants of models with their weights, and what is captured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.sagemaker import resources, storage
from simulator.aws.sagemaker.jobs import accept
from simulator.aws.sagemaker.kinds.kind import Row
from simulator.aws.sagemaker.kinds.serving import ENDPOINT_CONFIG, MODEL
from simulator.aws.sagemaker.serving import Container
from simulator.kernel.errors import CallerError
from simulator.kernel.world import Kernel

_UNSERVED = {
    "AsyncInferenceConfig": "asynchronous inference is not simulated",
    "ExplainerConfig": "online explainability is not simulated",
    "ShadowProductionVariants": "shadow variants are not simulated",
}
"""Why nothing here serves a configuration that has the member: it is kept, and an endpoint of it fails and says so."""

_VARIANT_ACCEPTED = ("AcceleratorType", "VolumeSizeInGB", "ModelDataDownloadTimeoutInSeconds", "CoreDumpConfig",
                     "ContainerStartupHealthCheckTimeoutInSeconds", "EnableSSMAccess", "ServerlessConfig",
                     "RoutingConfig", "ManagedInstanceScaling", "InferenceAmiVersion")  # fmt: skip


@behaviour("sagemaker", "CreateEndpointConfig")
async def create_endpoint_config(call: Call) -> Answer:
    """Check that the models are there and the capture can be, and keep the configuration.

    What AWS serves and this simulator does not (asynchronous inference, shadow variants, inference components) is kept
    all the same; an endpoint of it fails and says so.
    """
    params = dict(call.params)
    variants = [*params["ProductionVariants"], *params.get("ShadowProductionVariants", ())]
    names = [variant["VariantName"] for variant in variants]
    if len(set(names)) != len(names):
        raise CallerError(
            "ValidationException", "Variant names must be unique within an endpoint configuration."
        )
    _check_serverless(params)
    accept(call.kernel, "CreateEndpointConfig", params, (*_UNSERVED, "MetricsConfig"))
    for variant in variants:
        accept(call.kernel, "CreateEndpointConfig", variant, _VARIANT_ACCEPTED)
        if "ModelName" in variant:
            resources.fetch(call.kernel, MODEL, call.key(variant["ModelName"]))
        if variant.get("InitialInstanceCount", 1) > 1:
            call.kernel.log.record(
                "AcceptedNotSimulated", "InitialInstanceCount above 1: one container serves", {}
            )
    if capture := params.get("DataCaptureConfig"):
        storage.split(capture["DestinationS3Uri"])
    tags = params.pop("Tags", ())
    for member in ("ProductionVariants", "ShadowProductionVariants"):
        if member in params:
            params[member] = [_with_defaults(variant) for variant in params[member]]
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
            size = variant["ServerlessConfig"]["MemorySizeInMB"]
            text = (
                f"1 validation error detected: Value '{size}' at 'MemorySizeInMB' failed to satisfy constraint: "
                "Member must satisfy enum value set: [1024, 2048, 3072, 4096, 5120, 6144]"
            )
        if text:
            raise CallerError("ValidationException", text)


def plan(kernel: Kernel, place: str, config: Row, endpoint: str) -> dict[str, Any]:
    """What an endpoint needs to serve a configuration: a work for each variant, with all that starts it again."""
    unserved = next((why for member, why in _UNSERVED.items() if config.get(member)), "")
    variants, shown = {}, []
    for variant in config["ProductionVariants"]:
        container = _container(kernel, place, variant)
        container["unserved"] = unserved or container["unserved"]
        work = f"endpoint-{place.replace('/', '-')}-{endpoint}-{variant['VariantName']}-{kernel.ids.hex(8)}"
        variants[variant["VariantName"]] = {"container": container, "work": work}
        shown.append(_shown(variant, container["image"]))
    return {
        "config": config["EndpointConfigName"],
        "variants": variants,
        "capture": config.get("DataCaptureConfig"),
        "shown": shown,
    }


def _container(kernel: Kernel, place: str, variant: Mapping[str, Any]) -> dict[str, Any]:
    """What serves a variant, as a row holds it."""
    if "ModelName" not in variant:
        unserved = "a variant without ModelName (inference components) is not simulated"
        return Container("", "", {}, "", unserved).row()
    return dict(resources.fetch(kernel, MODEL, f"{place}/{variant['ModelName']}")["_container"])


def _shown(variant: Mapping[str, Any], image: str) -> dict[str, Any]:
    """A variant as DescribeEndpoint gives it (ProductionVariantSummary)."""
    shown = {
        "VariantName": variant["VariantName"],
        **({"DeployedImages": [{"SpecifiedImage": image, "ResolvedImage": image}]} if image else {}),
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
