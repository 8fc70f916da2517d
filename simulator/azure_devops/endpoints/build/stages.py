"""Stages of a build: retry one that failed, cancel one that goes on, start one by hand."""

from __future__ import annotations

from simulator.azure_devops.endpoint import Answer, Call, endpoint
from simulator.azure_devops.endpoints.build import build_views
from simulator.azure_devops.errors import invalid

STAGES = "b8aac6c9-744b-46e1-88fc-3550969f9313"


@endpoint("PATCH", STAGES, "vso.build_execute")
async def update(call: Call) -> object:
    """`retry` (the jobs that failed, all with `forceRetryAllJobs`), `cancel`, or `run` for `trigger: manual`."""
    row, given = build_views.found(call), call.object_body()
    state, name = str(given.get("state", "")).lower(), call.route["stagerefname"]
    if state in ("cancel", "0"):
        call.azure.coordinator.cancel_stage(row, name)
    elif state in ("retry", "1"):
        call.azure.coordinator.retry(row, name, bool(given.get("forceRetryAllJobs")))
    elif state in ("run", "2"):
        call.azure.coordinator.start_stage(row, name)
    else:
        raise invalid(f"The stage state '{state}' is not valid. Expected retry, cancel or run.")
    return Answer(204)
