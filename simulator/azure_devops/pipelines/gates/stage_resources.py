"""Which protected resources a stage uses: read off its plan, found among the rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from simulator.azure_devops.language.plan import Job, Plan, Stage, Step, VariableEntry, VariableGroup
from simulator.azure_devops.organization import SECURE_FILE, Organization, Row
from simulator.azure_devops.pipelines.room import RunContext
from simulator.azure_devops.task_definitions.catalogue import Catalogue, canonical_inputs
from simulator.azure_devops.task_definitions.definition import connection_names

HOSTED_QUEUE = "Azure Pipelines"


def used_by(context: RunContext, stage: Stage) -> list[Row]:
    """The resources (`type`, `id`, `name`) that the stage's jobs use, each once, in the order of their naming.

    Names that are macros are not known before the stage runs; the service does not check them either.
    """
    organization, project = context.room.organization, context.project["id"]
    found: dict[tuple[str, str], Row] = {}
    for kind, name in named_by(context.plan, stage, organization.tasks):
        resource = lookup(organization, project, kind, name, context.row["repositories"])
        if resource is not None:
            found.setdefault((kind, resource["id"]), resource)
    return list(found.values())


def lookup(
    organization: Organization, project: str, kind: str, name: str, repositories: Row | None = None
) -> Row | None:
    """The resource of that kind under the name that a pipeline gives it, None where there is none."""
    if kind == "repository":
        known = (repositories or {}).get(name)
        if known is None:
            return None
        row = organization.repository(known["id"])
        return {"type": kind, "id": f"{row['project']}.{row['id']}", "name": row["name"]}
    finders: dict[str, Callable[[str, str], Row | None]] = {
        "environment": organization.environment_named,
        "variablegroup": organization.variable_group_named,
        "endpoint": organization.service_endpoint_named,
        "queue": organization.queue_named,
        "securefile": lambda owner, wanted: organization.named(SECURE_FILE, owner, wanted),
    }
    found = finders[kind](project, name)
    return None if found is None else {"type": kind, "id": str(found["id"]), "name": found["name"]}


def connections_of(tasks: Catalogue, job: Job) -> set[str]:
    """The service connections that the steps of a job name, by name or id."""
    steps = [*job.steps, *(step for hook in job.hooks.values() for step in hook.steps)]
    return {name for step in steps for kind, name in _of_step(tasks, step) if kind == "endpoint"}


def named_by(plan: Plan, stage: Stage, tasks: Catalogue) -> Iterator[tuple[str, str]]:
    """Kind and name of every resource that a stage of the plan names."""
    entries: list[VariableEntry] = [*plan.variables, *stage.variables]
    entries += [entry for job in stage.jobs for entry in job.variables]
    yield from (("variablegroup", entry.name) for entry in entries if isinstance(entry, VariableGroup))
    for job in stage.jobs:
        if job.environment is not None:
            yield "environment", job.environment.name
        own = job.pool or stage.pool or plan.pool
        for pool in (own, *(hook.pool for hook in job.hooks.values() if hook.pool)):
            yield "queue", (pool.name if pool and pool.name else HOSTED_QUEUE)
        yield from (("queue", name) for name in job.uses.pools)
        steps = [*job.steps, *(step for hook in job.hooks.values() for step in hook.steps)]
        aliases = (*_checked_out(job, steps), *job.uses.repositories)
        yield from (("repository", alias) for alias in aliases)
        sources = (each for each in plan.resources.repositories if each.alias in aliases and each.endpoint)
        yield from (("endpoint", each.endpoint) for each in sources)
        yield from (("endpoint", name) for name in _registries(plan, job, steps))
        gotten = {step.inputs.get("alias", "").lower() for step in steps if step.keyword == "getPackage"}
        packages = (each for each in plan.resources.packages if each.alias.lower() in gotten)
        yield from (("endpoint", each.connection) for each in packages)
        for step in steps:
            yield from _of_step(tasks, step)


def _registries(plan: Plan, job: Job, steps: list[Step]) -> Iterator[str]:
    """The service connections of the containers that the job, its services and its steps run in."""
    targets = {step.target.container.lower() for step in steps if step.target is not None}
    containers = [job.container] if job.container is not None else []
    containers += job.services.values()
    containers += [each for each in plan.resources.containers if each.alias.lower() in targets]
    for container in containers:
        name = container.endpoint or container.registry.get("azureSubscription", "")
        if name and "$(" not in name:
            yield name


def _checked_out(job: Job, steps: list[Step]) -> list[str]:
    """The aliases of the repositories that the job checks out; a job that says nothing takes its own."""
    said = [step.inputs.get("repository", "") for step in steps if step.keyword == "checkout"]
    if not said and job.kind == "job":
        return ["self"]
    return [alias for alias in said if alias != "none"]


def _of_step(tasks: Catalogue, step: Step) -> Iterator[tuple[str, str]]:
    task = tasks.find(step.task, step.version)
    if task is None:
        return
    inputs = canonical_inputs(task, step.inputs)
    for each in task.inputs:
        value = inputs.get(each.name, "")
        if not value or "$(" in value:
            continue
        if each.secure_file:
            yield "securefile", value
        if each.connection:
            yield from (("endpoint", name) for name in connection_names(each, value))
