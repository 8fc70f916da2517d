"""One item of `jobs:` -> a Job or deployment Job."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from simulator.azure_devops.language.invalid import ErrorList
from simulator.azure_devops.language.plan import DEFAULT_JOB, Job, Matrix, Parallel, Uses
from simulator.azure_devops.language.reading.conditions import read_condition, runtime_expression
from simulator.azure_devops.language.reading.containers import read_job_container, read_services
from simulator.azure_devops.language.reading.deployments import read_deployment_strategy, read_environment
from simulator.azure_devops.language.reading.fields import Fields, leads, scalar_text
from simulator.azure_devops.language.reading.steps import read_steps
from simulator.azure_devops.language.reading.surroundings import Surroundings
from simulator.azure_devops.language.reading.variables import read_pool, read_variables
from simulator.azure_devops.language.source import MappingNode, Node, ScalarNode, wrong_kind

_LEG = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}")
_COMMON = (
    "displayName",
    "dependsOn",
    "condition",
    "continueOnError",
    "timeoutInMinutes",
    "cancelTimeoutInMinutes",
    "variables",
    "strategy",
    "pool",
    "container",
    "services",
    "workspace",
    "uses",
    "templateContext",
)
JOB_KEYS = ("job", *_COMMON, "steps")
# What a pipeline whose root is `steps` may say about its only job, at the root.
ROOT_JOB_KEYS = ("strategy", "container", "services", "workspace", "continueOnError", "steps")
_DEPLOYMENT = ("deployment", *_COMMON, "environment")
DEFAULT_TIMEOUT_MINUTES = 60
DEFAULT_CANCEL_TIMEOUT_MINUTES = 5


def read_job(node: Node, around: Surroundings, errors: ErrorList) -> Job | None:
    """One job of a list, called `around.job`; None where it is no job, which is then an error."""
    if not isinstance(node, MappingNode):
        if not (isinstance(node, ScalarNode) and node.broken):
            errors.add(wrong_kind(node), node.where)
        return None
    if not leads(node, ("job", "deployment"), errors):
        return None
    if node.entries[0][0].text == "deployment":
        return _deployment(Fields(node, _DEPLOYMENT, errors), around)
    return _job(Fields(node, JOB_KEYS, errors), around)


def read_root_job(fields: Fields, around: Surroundings) -> Job:
    """The only job of a pipeline whose root holds `steps`; pool and variables stay with the root."""
    around = replace(around, job=DEFAULT_JOB)
    return Job(
        DEFAULT_JOB,
        "",
        "job",
        (),
        "",
        fields.boolean("continueOnError"),
        DEFAULT_TIMEOUT_MINUTES,
        DEFAULT_CANCEL_TIMEOUT_MINUTES,
        (),
        None,
        read_steps(fields, "steps", around),
        _strategy(fields),
        workspace_clean=_workspace(fields),
        where=fields.where,
        container=read_job_container(fields, around),
        services=read_services(fields, around),
        runtime=fields.runtime,
    )


def _job(fields: Fields, around: Surroundings) -> Job:
    said = _said_of_any(fields, around, "job")
    return replace(said, steps=read_steps(fields, "steps", around), strategy=_strategy(fields))


def _deployment(fields: Fields, around: Surroundings) -> Job:
    said = _said_of_any(fields, around, "deployment")
    environment = read_environment(fields, around)
    strategy, hooks = read_deployment_strategy(fields, around)
    return replace(said, environment=environment, deployment=strategy, hooks=hooks)


def _said_of_any(fields: Fields, around: Surroundings, kind: Literal["job", "deployment"]) -> Job:
    """What both kinds of jobs say of themselves."""
    fields.text(kind)
    return Job(
        around.job,
        fields.text("displayName"),
        kind,
        fields.texts("dependsOn"),
        read_condition(fields),
        fields.boolean("continueOnError"),
        fields.number("timeoutInMinutes", DEFAULT_TIMEOUT_MINUTES),
        fields.number("cancelTimeoutInMinutes", DEFAULT_CANCEL_TIMEOUT_MINUTES),
        read_variables(fields.get("variables"), around, fields.errors, root=False),
        read_pool(fields),
        workspace_clean=_workspace(fields),
        where=fields.where,
        container=read_job_container(fields, around),
        services=read_services(fields, around),
        uses=_uses(fields),
        runtime=fields.runtime,
    )


def _uses(fields: Fields) -> Uses:
    inner = fields.mapping("uses", ("repositories", "pools"))
    return Uses(inner.texts("repositories"), inner.texts("pools")) if inner else Uses()


def _workspace(fields: Fields) -> str:
    inner = fields.mapping("workspace", ("clean",))
    return inner.choice("clean", ("outputs", "resources", "all")) if inner else ""


def _strategy(fields: Fields) -> Matrix | Parallel | None:
    inner = fields.mapping("strategy", ("matrix", "parallel", "maxParallel"))
    if inner is None:
        return None
    most = inner.number("maxParallel")
    fields.runtime.update(inner.runtime)
    if "parallel" in inner:
        if "matrix" in inner:
            fields.errors.add("Unexpected value 'matrix'", inner.places["matrix"])
        count = inner.number("parallel", 1)
        fields.runtime.update(inner.runtime)
        return Parallel(count, most)
    return _matrix(inner, most)


def _matrix(fields: Fields, most: int) -> Matrix | None:
    node = fields.get("matrix")
    if node is None:
        return None
    if isinstance(node, ScalarNode):
        if runtime_expression(node.text) is None:
            fields.errors.add(wrong_kind(node), node.where)
        return Matrix(expression=node.text, max_parallel=most)
    if not isinstance(node, MappingNode):
        fields.errors.add(wrong_kind(node), node.where)
        return None
    legs: list[tuple[str, dict[str, str]]] = []
    for key, value in node.entries:
        if not _LEG.fullmatch(key.text):
            # Learn asks for these names; the service lets others pass (numpy ran `Python37-64bit-full` for years).
            message = f"The matrix configuration name {key.text} is not as documented"
            fields.errors.warn(message, key.where, ("letters, digits and '_', at most 100, a letter first",))
        if isinstance(value, MappingNode):
            legs.append((key.text, {k.text: scalar_text(v, fields.errors) for k, v in value.entries}))
        else:
            fields.errors.add(wrong_kind(value), value.where)
    return Matrix(tuple(legs), max_parallel=most)
