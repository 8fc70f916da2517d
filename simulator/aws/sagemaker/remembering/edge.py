"""Devices of a fleet and stages of a deployment plan: registered, listed, and never reached."""

from __future__ import annotations

from typing import Any

from simulator.aws.behaviour import Answer, Call, memory
from simulator.aws.sagemaker import resources
from simulator.aws.sagemaker.kinds.edge import DEVICE, DEVICE_FLEET, EDGE_DEPLOYMENT_PLAN, stages
from simulator.aws.sagemaker.kinds.kind import Row
from simulator.aws.sagemaker.paging import cut
from simulator.kernel.errors import CallerError


def _fleet(call: Call) -> str:
    key = call.key(call.params["DeviceFleetName"])
    resources.fetch(call.kernel, DEVICE_FLEET, key)
    return key


@memory("sagemaker", "RegisterDevices")
async def register_devices(call: Call) -> Answer:
    """Devices of a fleet, by name; all of them or none."""
    with call.kernel.store.transaction():
        fleet = _fleet(call)
        for device in call.params["Devices"]:
            members = {**device, "DeviceFleetName": call.params["DeviceFleetName"]}
            tags = call.params.get("Tags", ())
            resources.insert(call.kernel, DEVICE, f"{fleet}/{device['DeviceName']}", members, tags)
    return {}


@memory("sagemaker", "UpdateDevices")
async def update_devices(call: Call) -> Answer:
    """New descriptions and things of devices."""
    with call.kernel.store.transaction():
        fleet = _fleet(call)
        for device in call.params["Devices"]:
            resources.change(call.kernel, DEVICE, f"{fleet}/{device['DeviceName']}", device)
    return {}


@memory("sagemaker", "DeregisterDevices")
async def deregister_devices(call: Call) -> Answer:
    """Devices that leave the fleet."""
    with call.kernel.store.transaction():
        fleet = _fleet(call)
        for name in call.params["DeviceNames"]:
            resources.remove(call.kernel, DEVICE, f"{fleet}/{name}")
    return {}


@memory("sagemaker", "GetDeviceFleetReport")
async def get_device_fleet_report(call: Call) -> Answer:
    """How many devices are registered; none has ever connected."""
    key = _fleet(call)
    row = resources.fetch(call.kernel, DEVICE_FLEET, key)
    shown: Row = {
        name: row[name]
        for name in ("DeviceFleetArn", "DeviceFleetName", "OutputConfig", "Description")
        if name in row
    }
    registered = call.kernel.store.count(DEVICE.row, f"{key}/")
    stats = {"ConnectedDeviceCount": 0, "RegisteredDeviceCount": registered}
    return {**shown, "ReportGenerated": call.kernel.clock.now(), "DeviceStats": stats}


def _plan(call: Call) -> tuple[str, list[Row]]:
    key = call.key(call.params["EdgeDeploymentPlanName"])
    return key, list(resources.fetch(call.kernel, EDGE_DEPLOYMENT_PLAN, key).get("Stages", ()))


def _stage(call: Call) -> tuple[str, list[Row], Row]:
    key, found = _plan(call)
    for stage in found:
        if stage["StageName"] == call.params["StageName"]:
            return key, found, stage
    raise CallerError("ValidationException", f"Stage {call.params['StageName']} does not exist.")


def _move(call: Call, status: str) -> Answer:
    key, found, stage = _stage(call)
    stage["DeploymentStatus"] = {**stage["DeploymentStatus"], "StageStatus": status}
    resources.change(call.kernel, EDGE_DEPLOYMENT_PLAN, key, {"Stages": found})
    return {}


@memory("sagemaker", "CreateEdgeDeploymentStage")
async def create_edge_deployment_stage(call: Call) -> Answer:
    """More stages of a plan."""
    key, found = _plan(call)
    resources.change(call.kernel, EDGE_DEPLOYMENT_PLAN, key, {"Stages": [*found, *stages(call.params)]})
    return {}


@memory("sagemaker", "DeleteEdgeDeploymentStage")
async def delete_edge_deployment_stage(call: Call) -> Answer:
    """One stage less."""
    key, found, stage = _stage(call)
    left = [each for each in found if each is not stage]
    resources.change(call.kernel, EDGE_DEPLOYMENT_PLAN, key, {"Stages": left})
    return {}


@memory("sagemaker", "StartEdgeDeploymentStage")
async def start_edge_deployment_stage(call: Call) -> Answer:
    """A stage that begins, and reaches no device."""
    return _move(call, "STARTING")


@memory("sagemaker", "StopEdgeDeploymentStage")
async def stop_edge_deployment_stage(call: Call) -> Answer:
    """A stage that begins to stop."""
    return _move(call, "STOPPING")


@memory("sagemaker", "ListStageDevices")
async def list_stage_devices(call: Call) -> Answer:
    """The devices that a stage selects by name; none was reached."""
    key, _, stage = _stage(call)
    plan = resources.fetch(call.kernel, EDGE_DEPLOYMENT_PLAN, key)
    selection: dict[str, Any] = stage.get("DeviceSelectionConfig", {})
    fleet = call.key(plan["DeviceFleetName"])
    chosen = [
        {
            "EdgeDeploymentPlanArn": plan["EdgeDeploymentPlanArn"],
            "EdgeDeploymentPlanName": plan["EdgeDeploymentPlanName"],
            "StageName": stage["StageName"],
            "DeviceFleetName": plan["DeviceFleetName"],
            "DeviceName": device["DeviceName"],
            "DeviceArn": device["DeviceArn"],
            "DeviceDeploymentStatus": "READYTODEPLOY",
        }
        for _, device in call.kernel.store.scan(DEVICE.row, f"{fleet}/")
        if _selected(selection, device["DeviceName"])
    ]
    return cut(call, "DeviceDeploymentSummaries", chosen)


def _selected(selection: dict[str, Any], name: str) -> bool:
    if selection.get("DeviceNameContains"):
        return selection["DeviceNameContains"] in name
    return not selection.get("DeviceNames") or name in selection["DeviceNames"]
