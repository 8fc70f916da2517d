"""What a plan may ask for that is not simulated: refused when a run is queued, never ignored."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from simulator.azure_devops.language.plan import Container, Job, Plan, Pool, Stage, Step
from simulator.azure_devops.organization import Row
from simulator.azure_devops.pipelines import machines
from simulator.azure_devops.pipelines.agent.containers_wanted import uses_containers
from simulator.azure_devops.pipelines.package_registries import NPM, NUGET
from simulator.kernel.errors import NotSimulated
from simulator.runtime.job_containers.containers import JobContainers

_KUBERNETES = "kubernetes"
_OTHER_SYSTEMS = ("windows", "macos", "vs20")


def refuse_not_simulated(plan: Plan) -> None:
    """Raises NotSimulated for the first thing in the plan that no run could honour."""
    for refusal in _refusals(plan):
        raise refusal


async def refuse_without_docker(plan: Plan, containers: JobContainers | None) -> None:
    """Raises NotSimulated where a job needs containers and no Docker engine answers."""
    for stage in plan.stages:
        for job in stage.jobs:
            if not uses_containers(job):
                continue
            if containers is None:
                raise NotSimulated(f"containers of job {job.name}", "Leave container and services out.")
            await containers.look()
            return


def refuse_kubernetes(plan: Plan, environment: Callable[[str], Row | None]) -> None:
    """Raises NotSimulated for a job that deploys to a Kubernetes resource; `environment` finds the row of a name."""
    for job in (job for stage in plan.stages for job in stage.jobs):
        place = job.environment
        if place is None:
            continue
        known = (environment(place.name) or {}).get("resources", [])
        wanted = (place.resource_name.lower(), place.resource_id)
        named = any(
            one["type"] == _KUBERNETES
            and (one["name"].lower() == wanted[0] or (wanted[1] and str(one["id"]) == wanted[1]))
            for one in known
        )
        if named or place.resource_type.lower() == _KUBERNETES:
            what = f"a Kubernetes resource of environment {place.name}"
            raise NotSimulated(what, "Name the environment alone.")


def _refusals(plan: Plan) -> Iterator[NotSimulated]:
    yield from _resources(plan)
    for stage in plan.stages:
        yield from _stage(stage)
    for pool in _pools(plan):
        if pool.vm_image.lower().startswith(_OTHER_SYSTEMS):
            remedy = "Jobs run on Linux: vmImage ubuntu-latest."
            yield NotSimulated(f"an agent with vmImage {pool.vm_image}", remedy)


def _resources(plan: Plan) -> Iterator[NotSimulated]:
    for container in plan.resources.containers:
        yield from _container(container)
    for package in plan.resources.packages:
        if package.type.lower() not in (NPM, NUGET):
            what = f"package resource {package.alias} of type {package.type}"
            yield NotSimulated(what, "GitHub Packages of type npm or NuGet can be resources.")
        if package.tag and package.type.lower() == NUGET:
            what = f"the tag of package resource {package.alias}, which NuGet has none of"
            yield NotSimulated(what, "Name the version.")
    for build in plan.resources.builds:
        # Jenkins, CircleCI and TeamCity are other systems, each with a way of its own to name builds and artifacts.
        what = f"build resource {build.alias} of type {build.type}: no such system is here"
        yield NotSimulated(what, "Leave the resource out, or bring its files by a script.")
    for repository in plan.resources.repositories:
        if repository.type != "git":
            remedy = "Mirror it as a repository of the project and write type: git."
            yield NotSimulated(f"repository {repository.alias} of type {repository.type}", remedy)


def _stage(stage: Stage) -> Iterator[NotSimulated]:
    for job in stage.jobs:
        yield from _job(job)


def _job(job: Job) -> Iterator[NotSimulated]:
    for container in filter(None, (job.container, *job.services.values())):
        yield from _container(container)
    strategy = job.deployment.kind if job.deployment else ""
    if uses_containers(job) and machines.wants_machines(job.environment, strategy):
        yield NotSimulated(f"containers of job {job.name} on a machine", "Leave container and services out.")
    for key, text in job.runtime.items():
        yield NotSimulated(f"a run-time value for '{key}' of job {job.name} ({text})", "Write a literal.")
    for step in _steps(job):
        yield from _step(step)


def _container(container: Container) -> Iterator[NotSimulated]:
    named = container.alias or container.image
    # Its tag is resolved, and its trigger is called, by a registry in Azure; no other type has a trigger (Learn).
    if container.type.lower() == "acr":
        yield NotSimulated(
            f"container {named} of type ACR", "Name the image, and a Docker registry as endpoint."
        )
    if container.map_docker_socket:
        remedy = (
            "The socket would open the job's closed room: leave mapDockerSocket out, as the agent does by itself, and"
            " build with Docker@2 and target: host."
        )
        yield NotSimulated(f"mapDockerSocket of container {named}", remedy)


def _step(step: Step) -> Iterator[NotSimulated]:
    if not step.known:
        what = step.keyword if step.keyword != "task" else f"{step.task}@{step.version}"
        remedy = (
            "Name the folder that holds it: simulator up --tasks DIR; or add it in"
            " simulator/azure_devops/task_definitions."
        )
        yield NotSimulated(f"the task {what}", remedy)
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
