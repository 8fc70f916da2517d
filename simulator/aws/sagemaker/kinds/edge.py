"""Kinds of the edge: device fleets, devices, packaging jobs, deployment plans."""

from __future__ import annotations

from simulator.aws.sagemaker.kinds.kind import ABSENT, IN_USE, NOT_FOUND, Kind, Row

_COUNTS = dict.fromkeys(("EdgeDeploymentSuccess", "EdgeDeploymentPending", "EdgeDeploymentFailed"), 0)


def stages(request: Row) -> list[Row]:
    """A plan's stages as Describe shows them: none has begun."""
    status = {"StageStatus": "READYTODEPLOY", **{f"{name}InStage": 0 for name in _COUNTS}}
    usual = {"DeploymentConfig": {"FailureHandlingPolicy": "ROLLBACK_ON_FAILURE"}}
    return [{**usual, **stage, "DeploymentStatus": status} for stage in request.get("Stages", ())]


DEVICE_FLEET = Kind(
    "DeviceFleet", "device-fleet", missing=ABSENT, taken=IN_USE, noun="device fleet",
)  # fmt: skip
DEVICE = Kind(
    "Device", "device", "DeviceSummaries", missing=NOT_FOUND, taken=IN_USE, within="DeviceFleet", nested=True,
    identity="{DeviceFleetName}/{DeviceName}",
)  # fmt: skip
EDGE_PACKAGING_JOB = Kind(
    "EdgePackagingJob", "edge-packaging-job", begins="STARTING", missing=NOT_FOUND, taken=IN_USE,
    refers=(("CompilationJobName", "CompilationJob"),),
)  # fmt: skip
EDGE_DEPLOYMENT_PLAN = Kind(
    "EdgeDeploymentPlan", "edge-deployment", missing=NOT_FOUND, taken=IN_USE,
    refers=(("DeviceFleetName", "DeviceFleet"),), first=lambda request: {**_COUNTS, "Stages": stages(request)},
)  # fmt: skip
