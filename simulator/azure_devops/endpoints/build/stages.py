"""Stages of a build: retry one that failed."""

from __future__ import annotations

from simulator.azure_devops.endpoint import Answer, Call, endpoint
from simulator.azure_devops.endpoints.build import builds
from simulator.azure_devops.errors import invalid
from simulator.kernel.errors import NotSimulated

STAGES = "b8aac6c9-744b-46e1-88fc-3550969f9313"


@endpoint("PATCH", STAGES, "vso.build_execute")
async def update(call: Call) -> object:
    """`state: retry` runs the stage and those after it again; `cancel` of one stage is not simulated."""
    row, state = builds.found(call), str(call.object_body().get("state", "")).lower()
    if state in ("cancel", "0"):
        raise NotSimulated("cancelling one stage of a run", "Cancel the build: PATCH build/builds/{id}.")
    if state not in ("retry", "1"):
        raise invalid(f"The stage state '{state}' is not valid. Expected retry or cancel.")
    call.azure.coordinator.retry(row, call.route["stagerefname"])
    return Answer(204)
