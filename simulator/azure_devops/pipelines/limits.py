"""What a plan may ask for that is not simulated: refused when a run is queued, never ignored."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.azure_devops.language.plan import Plan, Pool
from simulator.kernel.errors import NotSimulated

_OTHER_SYSTEMS = ("windows", "macos", "vs20")


def refuse_not_simulated(plan: Plan) -> None:
    """Raises NotSimulated for the first thing in the plan that no run could honour."""
    for stage in plan.stages:
        if stage.trigger != "automatic":
            raise NotSimulated(f"stage {stage.name} with trigger: {stage.trigger}", "Leave the trigger out.")
    for resource in plan.resources.pipelines:
        raise NotSimulated(f"pipeline resource {resource.alias}", "Use artifacts of the run itself.")
    for pool in _pools(plan):
        if pool.vm_image.lower().startswith(_OTHER_SYSTEMS):
            raise NotSimulated(
                f"an agent with vmImage {pool.vm_image}", "Jobs run on Linux: vmImage ubuntu-latest."
            )


def _pools(plan: Plan) -> Iterator[Pool]:
    jobs = [job for stage in plan.stages for job in stage.jobs]
    found = [plan.pool, *(stage.pool for stage in plan.stages), *(job.pool for job in jobs)]
    found += [hook.pool for job in jobs for hook in job.hooks.values()]
    return (pool for pool in found if pool is not None)
