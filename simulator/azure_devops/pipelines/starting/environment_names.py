"""Macros in the environment of a deployment job, resolved when its run is queued: no gate is passed unresolved.

Source: Learn "Create and target environments": variables that the YAML or the request gives are known then, variable
groups and what a run computes are not. A name that stays a macro is an environment that does not exist. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace

from simulator.azure_devops.errors import failure
from simulator.azure_devops.language.plan import Environment, Job, Plan, Stage, Variable, VariableEntry
from simulator.azure_devops.pipelines.agent.job_variables import plain_values
from simulator.azure_devops.pipelines.agent.macros import expand_macros

Missing = Callable[[str, str], str]


def settled(plan: Plan, given: Mapping[str, str], missing: Missing) -> Plan:
    """The plan with its environments by name; `given` are variables of the request, `missing` as in Surroundings.

    Raises CallerError: 400 PipelineValidationException where one does not exist.
    """
    known = [*(Variable(name, value) for name, value in given.items()), *_literal(plan.variables)]
    stages = tuple(_stage(stage, known, missing) for stage in plan.stages)
    return plan if stages == plan.stages else replace(plan, stages=stages)


def _stage(stage: Stage, known: list[Variable], missing: Missing) -> Stage:
    around = [*known, *_literal(stage.variables)]
    return replace(stage, jobs=tuple(_job(job, around, missing) for job in stage.jobs))


def _job(job: Job, known: list[Variable], missing: Missing) -> Job:
    asked = job.environment
    if asked is None or not any("$(" in getattr(asked, field.name) for field in fields(Environment)):
        return job
    values = plain_values([*known, *_literal(job.variables)])
    made = Environment(*(expand_macros(getattr(asked, field.name), values) for field in fields(Environment)))
    lacking = "environment" if "$(" in made.name else missing(made.name, made.resource_name)
    if lacking == "environment":
        raise _invalid(
            f"Job {job.name}: Environment {made.name} could not be found. "
            "The environment does not exist or has not been authorized for use."
        )
    if lacking or "$(" in made.resource_name:
        raise _invalid(
            f"Job {job.name}: Resource {made.resource_name} does not exist in environment {made.name}."
        )
    return replace(job, environment=made)


def _literal(entries: Iterable[VariableEntry]) -> list[Variable]:
    """The variables whose value is known before the run."""
    return [
        each for each in entries if isinstance(each, Variable) and not each.value.strip().startswith("$[")
    ]


def _invalid(message: str) -> Exception:
    return failure("PipelineValidationException", message=message)
