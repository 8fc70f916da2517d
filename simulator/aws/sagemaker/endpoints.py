"""Endpoints: created, updated without a gap, deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.sagemaker import resources
from simulator.aws.sagemaker.endpoint_configs import plan
from simulator.aws.sagemaker.jobs import accept
from simulator.aws.sagemaker.kinds.kind import Row
from simulator.aws.sagemaker.kinds.serving import ENDPOINT, ENDPOINT_CONFIG
from simulator.aws.sagemaker.rollout import Endpoint, launch, take_down
from simulator.aws.sagemaker.running import spawn
from simulator.kernel.errors import CallerError, NotSimulated


def _config(call: Call) -> Row:
    return resources.fetch(call.kernel, ENDPOINT_CONFIG, call.key(call.params["EndpointConfigName"]))


def _check_deployment(call: Call, deployment: Mapping[str, Any]) -> None:
    routing = deployment.get("BlueGreenUpdatePolicy", {}).get("TrafficRoutingConfiguration", {})
    if routing.get("Type", "ALL_AT_ONCE") != "ALL_AT_ONCE" or "RollingUpdatePolicy" in deployment:
        raise NotSimulated(
            "a deployment that is not ALL_AT_ONCE", "Use TrafficRoutingConfiguration.Type ALL_AT_ONCE."
        )
    accept(call.kernel, call.operation, deployment, ("AutoRollbackConfiguration",))


def _at_rest(call: Call) -> tuple[str, Row]:
    """The endpoint that the request names, if nothing is going on with it."""
    key = call.key(call.params["EndpointName"])
    row = resources.fetch(call.kernel, ENDPOINT, key)
    if row["EndpointStatus"] in ENDPOINT.in_progress:
        raise CallerError(
            "ValidationException", f'Cannot update in-progress endpoint "{row["EndpointArn"]}".'
        )
    return key, row


@behaviour("sagemaker", "CreateEndpoint")
async def create_endpoint(call: Call) -> Answer:
    """Accept the endpoint; its containers start behind the answer."""
    params, config = call.params, _config(call)
    _check_deployment(call, params.get("DeploymentConfig", {}))
    key, name = call.key(params["EndpointName"]), params["EndpointName"]
    wanted = plan(call.kernel, call.key("").rstrip("/"), config, name)
    members = {"EndpointConfigName": params["EndpointConfigName"], "_next": wanted}
    row = resources.insert(call.kernel, ENDPOINT, key, members, params.get("Tags", ()))
    launch(Endpoint(call.cloud, key), row["_fact"])
    return {"EndpointArn": row["EndpointArn"]}


@behaviour("sagemaker", "UpdateEndpoint")
async def update_endpoint(call: Call) -> Answer:
    """Accept the new configuration; the old one serves until the new is healthy."""
    params, config = call.params, _config(call)
    _check_deployment(call, params.get("DeploymentConfig", {}))
    key, row = _at_rest(call)
    _in_service(row)
    wanted = plan(call.kernel, call.key("").rstrip("/"), config, params["EndpointName"])
    if params.get("RetainAllVariantProperties"):
        wanted["shown"] = _retained(wanted["shown"], row["ProductionVariants"])
    row = resources.change(
        call.kernel, ENDPOINT, key, {"EndpointStatus": "Updating", "_next": wanted, "FailureReason": None}
    )
    launch(Endpoint(call.cloud, key), call.kernel.log.last())
    return {"EndpointArn": row["EndpointArn"]}


def _retained(new: list[dict[str, Any]], old: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Variants of the same name keep weight and instance count (RetainAllVariantProperties)."""
    members = ("CurrentWeight", "DesiredWeight", "CurrentInstanceCount", "DesiredInstanceCount")
    kept = {variant["VariantName"]: {m: variant[m] for m in members if m in variant} for variant in old}
    return [{**variant, **kept.get(variant["VariantName"], {})} for variant in new]


def _in_service(row: Row) -> None:
    if row["EndpointStatus"] != "InService":
        text = f'Cannot update endpoint "{row["EndpointArn"]}" in status {row["EndpointStatus"]}.'
        raise CallerError("ValidationException", text)


@behaviour("sagemaker", "UpdateEndpointWeightsAndCapacities")
async def update_endpoint_weights_and_capacities(call: Call) -> Answer:
    """Move traffic between variants; it takes effect at once."""
    key, row = _at_rest(call)
    _in_service(row)
    variants = {variant["VariantName"]: dict(variant) for variant in row["ProductionVariants"]}
    _check_named(call.params["DesiredWeightsAndCapacities"], set(variants), row["EndpointConfigName"])
    for wanted in call.params["DesiredWeightsAndCapacities"]:
        variant = variants[wanted["VariantName"]]
        if "DesiredWeight" in wanted:
            variant |= {"DesiredWeight": wanted["DesiredWeight"], "CurrentWeight": wanted["DesiredWeight"]}
        if "DesiredInstanceCount" in wanted:
            count = wanted["DesiredInstanceCount"]
            variant |= {"DesiredInstanceCount": count, "CurrentInstanceCount": count}
    with call.kernel.store.transaction():
        resources.change(call.kernel, ENDPOINT, key, {"EndpointStatus": "Updating"})
        members = {"EndpointStatus": "InService", "ProductionVariants": list(variants.values())}
        resources.change(call.kernel, ENDPOINT, key, members)
    return {"EndpointArn": row["EndpointArn"]}


def _check_named(wanted: Sequence[Mapping[str, Any]], there: set[str], config: str) -> None:
    """Each variant of the configuration, and once. Source of the texts: moto, whose tests hold them as AWS's."""
    names = [each["VariantName"] for each in wanted]
    if absent := [name for name in names if name not in there]:
        listed = ", ".join(f'"{name}"' for name in absent)
        text = f'The variant name(s) {listed} is/are not present within endpoint configuration "{config}".'
        raise CallerError("ValidationException", text)
    for name in names:
        if names.count(name) > 1:
            text = f'The variant name "{name}" was non-unique within the request.'
            raise CallerError("ValidationException", text)


@behaviour("sagemaker", "DeleteEndpoint")
async def delete_endpoint(call: Call) -> Answer:
    """End the containers, then forget the endpoint."""
    key, _ = _at_rest(call)
    resources.change(call.kernel, ENDPOINT, key, {"EndpointStatus": "Deleting"})
    spawn(call.kernel, f"endpoint {key}", take_down(Endpoint(call.cloud, key)))
    return {}


@behaviour("sagemaker", "DescribeEndpoint")
async def describe_endpoint(call: Call) -> Answer:
    """The endpoint; held while something is going on with it."""
    row = await resources.settled(call, ENDPOINT, call.key(call.params["EndpointName"]))
    return resources.visible(call, row)


resources.lists(ENDPOINT)
