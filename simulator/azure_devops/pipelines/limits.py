"""What a plan may ask for that is not simulated: refused when a run is queued, never ignored."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.azure_devops.language.plan import Job, Plan, Pool, Stage, Step
from simulator.kernel.errors import NotSimulated

_OTHER_SYSTEMS = ("windows", "macos", "vs20")


def refuse_not_simulated(plan: Plan) -> None:
    """Raises NotSimulated for the first thing in the plan that no run could honour."""
    for refusal in _refusals(plan):
        raise refusal


def _refusals(plan: Plan) -> Iterator[NotSimulated]:
    yield from _resources(plan)
    for stage in plan.stages:
        yield from _stage(stage)
    for pool in _pools(plan):
        if pool.vm_image.lower().startswith(_OTHER_SYSTEMS):
            remedy = "Jobs run on Linux: vmImage ubuntu-latest."
            yield NotSimulated(f"an agent with vmImage {pool.vm_image}", remedy)


def _resources(plan: Plan) -> Iterator[NotSimulated]:
    for package in plan.resources.packages:
        yield NotSimulated(f"package resource {package.alias}", "Leave the resource out.")
    for build in plan.resources.builds:
        yield NotSimulated(f"build resource {build.alias}", "Leave the resource out.")
    for repository in plan.resources.repositories:
        if repository.type != "git":
            remedy = "Mirror it as a repository of the project and write type: git."
            yield NotSimulated(f"repository {repository.alias} of type {repository.type}", remedy)


def _stage(stage: Stage) -> Iterator[NotSimulated]:
    for job in stage.jobs:
        yield from _job(job)


def _job(job: Job) -> Iterator[NotSimulated]:
    if job.container is not None or job.services:
        yield NotSimulated(f"containers of job {job.name}", "Leave container and services out.")
    place = job.environment
    if place is not None and place.resource_type.lower() == "kubernetes":
        yield NotSimulated(
            f"a Kubernetes resource of environment {place.name}", "Name the environment alone."
        )
    for key, text in job.runtime.items():
        yield NotSimulated(f"a run-time value for '{key}' of job {job.name} ({text})", "Write a literal.")
    for step in _steps(job):
        yield from _step(step)


def _step(step: Step) -> Iterator[NotSimulated]:
    if not step.known:
        what = step.keyword if step.keyword != "task" else f"{step.task}@{step.version}"
        remedy = "It can be added in simulator/azure_devops/task_definitions."
        yield NotSimulated(f"the task {what}", remedy)
    target = step.target
    if target is not None and target.container not in ("", "host"):
        yield NotSimulated(f"a step's target {target.container}", "Let the step run where its job runs.")
    for key, text in step.runtime.items():
        yield NotSimulated(f"a run-time value for '{key}' of a step ({text})", "Write a literal.")


def _steps(job: Job) -> Iterator[Step]:
    yield from job.steps
    for hook in job.hooks.values():
        yield from hook.steps


def _pools(plan: Plan) -> Iterator[Pool]:
    jobs = [job for stage in plan.stages for job in stage.jobs]
    found = [plan.pool, *(stage.pool for stage in plan.stages), *(job.pool for job in jobs)]
    found += [hook.pool for job in jobs for hook in job.hooks.values()]
    return (pool for pool in found if pool is not None)
