"""Which containers a job needs, from its plan: its own, those of its steps' targets, its services.

Source: the agent's `JobExtension` and `ContainerOperationProvider`; Learn "Container jobs", "Service containers".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from simulator.azure_devops.language.conditions import ConditionContext, evaluate_runtime_expression
from simulator.azure_devops.language.plan import Container as Asked
from simulator.azure_devops.language.plan import Job, Step
from simulator.azure_devops.pipelines.agent import predefined
from simulator.azure_devops.pipelines.agent.container_paths import AGENT, PROGRAMS, TOOLS, WORK, to_container
from simulator.azure_devops.pipelines.agent.job_files import PROGRAMS_HERE, OutsideOfJob
from simulator.azure_devops.pipelines.agent.job_room import JobRoom
from simulator.azure_devops.pipelines.agent.macros import expand_macros, values_of
from simulator.azure_devops.task_definitions.catalogue import Task
from simulator.kernel.errors import NotSimulated
from simulator.runtime.job_containers.values import Container, ContainerFailed, ContainerSet, Login
from simulator.runtime.work import Mount

JOB = "job"
"""The name of a job's container that was written in place."""


def set_name(job: JobRoom) -> str:
    """How the containers of the job are called together."""
    return f"azure-devops-{job.context.run}-{job.setup.record}"


def target_of(job: JobRoom, step: Step) -> str:
    """The container that a step runs in, "" for the agent's own machine."""
    asked = step.target.container if step.target is not None else ""
    if asked.lower() == "host":
        return ""
    if asked:
        return asked.lower()
    own = job.setup.job.container
    return "" if own is None else _name(own)


def uses_containers(job: Job) -> bool:
    """Whether a job of the plan needs the Docker engine."""
    hooks = (step for hook in job.hooks.values() for step in hook.steps)
    targets = (step.target.container for step in (*job.steps, *hooks) if step.target is not None)
    return (
        job.container is not None
        or bool(job.services)
        or any(one.lower() not in ("", "host") for one in targets)
    )


def wanted(job: JobRoom) -> ContainerSet:
    """The set of the job, macros and `$[ ]` resolved. Raises ContainerFailed, NotSimulated or ExpressionFailure."""
    values = values_of(job.variables())
    found: dict[str, Container] = {}
    for name, asked, service in _asked(job):
        if name not in found:
            found[name] = _container(job, name, asked, values, service=service)
    return ContainerSet(set_name(job), tuple(found.values()))


def _asked(job: JobRoom) -> Iterator[tuple[str, Asked, bool]]:
    own = job.setup.job.container
    if own is not None:
        yield _name(own), own, False
    for step in job.setup.steps:
        name = target_of(job, step)
        if name and (own is None or name != _name(own)):
            yield name, _resource(job, name), False
    for name, asked in job.setup.job.services.items():
        yield name, asked, True


def _name(asked: Asked) -> str:
    return asked.alias.lower() or JOB


def _resource(job: JobRoom, name: str) -> Asked:
    for each in job.context.plan.resources.containers:
        if each.alias.lower() == name.lower():
            return each
    raise ContainerFailed(
        f"A container resource with name {name} could not be found. The container resource does not exist."
    )


def _container(
    job: JobRoom, name: str, asked: Asked, values: Mapping[str, str], *, service: bool
) -> Container:
    image = expand_macros(evaluate_runtime_expression(asked.image, ConditionContext("job", values)), values)
    aliases = {each.alias.lower() for each in job.context.plan.resources.containers}
    if not asked.alias and image.lower() in aliases:
        # `container: $[ variables.image ]` may come to an alias as well as to an image.
        asked = replace(_resource(job, image), alias="")
        return _container(job, name, asked, values, service=service)
    if not image:
        raise ContainerFailed(f"The container {name} has no image.")
    login = _login(job, asked)
    from simulator.runtime.job_containers.options import (
        read_options,
    )  # Docker's client is an eighth of a start

    options = expand_macros(asked.options, values)
    more = read_options(options)
    given = (expand_macros(text, values) for text in asked.volumes)
    mounts, volumes = _volumes(job, [*given, *more.volumes])
    return Container(
        name,
        _qualified(image, login),
        environment={key: expand_macros(text, values) for key, text in asked.env.items()},
        mounts=(*_own_mounts(job, asked), *(() if service else tasks_on_disk(job, name)), *mounts),
        volumes=volumes,
        ports=(*(expand_macros(text, values) for text in asked.ports), *more.ports),
        options=options,
        local=asked.local_image,
        login=login,
        service=service,
    )


def task_place(task: Task) -> str:
    """Where a task of the user's is on the agent, as a step sees it."""
    return f"{predefined.HOME}/work/_tasks/{task.name}_{task.id}/{task.full_version}"


def tasks_on_disk(job: JobRoom, name: str) -> Iterator[Mount]:
    """The tasks that the user has on disk, for the container (no name: the agent) where steps name them."""
    targeted = (step for step in job.setup.steps if target_of(job, step) == name)
    used = {(step.task_id, step.version): job.tasks.find(step.task_id, step.version) for step in targeted}
    for task in used.values():
        if task is not None and task.on_disk is not None:
            job.files.outside(task_place(task)).mkdir(parents=True, exist_ok=True)
            place = task_place(task)
            yield Mount(task.on_disk.folder, to_container(place) if name else place, read_only=True)


def _own_mounts(job: JobRoom, asked: Asked) -> tuple[Mount, ...]:
    """What every container of a job sees of the agent; `mountReadOnly` says what it may not write."""
    job.files.create_for_containers()
    root, only = job.files.root, asked.mount_read_only
    work = root / "home" / "work"
    return (
        Mount(work / "1", f"{WORK}/1", read_only="work" in only),
        Mount(work / "_temp", f"{WORK}/_temp"),
        Mount(work / "_tasks", f"{WORK}/_tasks", read_only="tasks" in only),
        Mount(work / ".taskkey", f"{WORK}/.taskkey"),
        Mount(root / "tools", TOOLS, read_only="tools" in only),
        Mount(root / "externals", f"{AGENT}/externals", read_only=True),
        Mount(PROGRAMS_HERE, PROGRAMS, read_only=True),
    )


def _volumes(job: JobRoom, texts: list[str]) -> tuple[tuple[Mount, ...], tuple[str, ...]]:
    """Volumes from directories of the job as mounts; the others as they are written."""
    mounts, others = [], []
    for text in texts:
        source, _, rest = text.partition(":")
        target, _, mode = rest.partition(":")
        if not source.startswith("/") or not target.startswith("/"):
            others.append(text)
            continue
        try:
            path = job.files.outside(source)
        except OutsideOfJob as outside:
            remedy = "Mount a directory of the job, such as $(Pipeline.Workspace)/data, or a named volume."
            raise NotSimulated(f"the volume {text} of a container", remedy) from outside
        path.mkdir(parents=True, exist_ok=True)
        mounts.append(Mount(path, target, read_only=mode.lower() == "ro"))
    return tuple(mounts), tuple(others)


def _login(job: JobRoom, asked: Asked) -> Login | None:
    if not asked.endpoint:
        return None
    row = job.context.room.organization.service_endpoint_named(job.context.project["id"], asked.endpoint)
    if row is None or row["type"] != "dockerregistry":
        raise ContainerFailed(
            f"The service connection {asked.endpoint} of a container is no Docker registry."
        )
    if (row.get("data") or {}).get("registrytype", "").lower() == "acr":
        raise NotSimulated(f"the Azure registry of connection {asked.endpoint}", "Use registry type Others.")
    given = {key.lower(): str(value) for key, value in (row["authorization"].get("parameters") or {}).items()}
    job.mask(given.get("password", ""))
    return Login(given.get("registry", ""), given.get("username", ""), given.get("password", ""))


def _qualified(image: str, login: Login | None) -> str:
    """The image with its registry in front, where the connection's is not Docker Hub."""
    if login is None or not login.registry or "index.docker.io" in login.registry.lower():
        return image
    authority = urlsplit(login.registry).netloc or login.registry.strip("/")
    return image if image.lower().startswith(authority.lower()) else f"{authority}/{image}"
