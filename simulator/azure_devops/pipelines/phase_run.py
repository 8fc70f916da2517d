"""One job of the plan: its condition, then its copies (matrix, parallel) or the hooks of its deployment."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from simulator.azure_devops.language.conditions import (
    ConditionContext,
    evaluate_condition,
    evaluate_runtime_expression,
)
from simulator.azure_devops.language.expressions.failure import ExpressionFailure
from simulator.azure_devops.language.plan import Job, Matrix, Parallel, Stage, Step, Variable
from simulator.azure_devops.pipelines import conditions_of_run
from simulator.azure_devops.pipelines.agent.job_room import JobRoom, JobSetup
from simulator.azure_devops.pipelines.agent.job_variables import (
    entries,
    evaluated,
    job_own,
    plain_values,
    stage_variables,
)
from simulator.azure_devops.pipelines.agent.predefined import JobNames, of_deployment
from simulator.azure_devops.pipelines.job_copies import JobCopy, MatrixInvalid, job_copies
from simulator.azure_devops.pipelines.job_run import run_job
from simulator.azure_devops.pipelines.results import Result, stage_result
from simulator.azure_devops.pipelines.room import RunContext
from simulator.kernel.facts import current_cause

_DEFAULT = "__default"


@dataclass(frozen=True)
class Part:
    """One agent job of a phase: its key in names, what it is called, its steps and its own variables."""

    key: str
    display: str
    steps: tuple[Step, ...]
    variables: dict[str, str]
    hook: str = ""


async def run_phase(context: RunContext, stage: Stage, job: Job) -> None:
    """Bring the job from where its records stand to its end."""
    timeline = context.timeline
    phase = timeline.record_id(stage.name, job.name)
    if timeline.get(phase)["state"] == "completed":
        return
    try:
        around = _condition_context(context, stage, job)
        begun = timeline.get(phase)["state"] != "pending"
        if not begun and not evaluate_condition(job.condition, around):
            timeline.finish(phase, Result.CANCELED if context.canceled.is_set() else Result.SKIPPED)
            return
        own = evaluated(entries(context, job.variables), around)
        copies = job_copies(job, _matrix(job, around))
    except (ExpressionFailure, MatrixInvalid) as wrong:
        timeline.add_issue(phase, "error", str(wrong))
        timeline.finish(phase, Result.ABANDONED)
        return
    timeline.start(phase)
    if job.kind == "deployment":
        result, outputs = await _deploy(context, stage, job, own, copies[0])
    else:
        result, outputs = await _copies(context, stage, job, own, copies)
    if job.continue_on_error and result is Result.FAILED:
        result = Result.SUCCEEDED_WITH_ISSUES
    timeline.finish(phase, result, outputs=outputs)


def _condition_context(context: RunContext, stage: Stage, job: Job) -> ConditionContext:
    jobs = conditions_of_run.job_outcomes(context.timeline, context.plan, stage.name)
    return ConditionContext(
        "job",
        plain_values(stage_variables(context, stage)),
        {name: jobs[name] for name in job.depends_on if name in jobs},
        conditions_of_run.earlier_jobs(context.timeline, context.plan),
        canceled=context.canceled.is_set(),
    )


def _matrix(job: Job, around: ConditionContext) -> str:
    expression = job.strategy.expression if isinstance(job.strategy, Matrix) else ""
    return evaluate_runtime_expression(expression, around) if expression else ""


async def _copies(
    context: RunContext, stage: Stage, job: Job, own: list[Variable], copies: Sequence[JobCopy]
) -> tuple[Result, dict[str, str]]:
    limit = job.strategy.max_parallel if isinstance(job.strategy, Matrix | Parallel) else 0
    gate = asyncio.Semaphore(limit or len(copies))
    parts = [Part(copy.key, copy.display_name, job.steps, dict(copy.variables)) for copy in copies]

    async def one(part: Part) -> tuple[Result, dict[str, str]]:
        async with gate:
            return await _run_part(context, stage, job, own, part)

    ends = await asyncio.gather(*(one(part) for part in parts))
    # A single copy is just the job; the outputs of several are told apart by their key.
    outputs = {
        f"{part.key}.{name}" if part.key else name: value
        for part, (_, found) in zip(parts, ends, strict=True)
        for name, value in found.items()
    }
    return stage_result([result for result, _ in ends]), outputs


async def _deploy(
    context: RunContext, stage: Stage, job: Job, own: list[Variable], copy: JobCopy
) -> tuple[Result, dict[str, str]]:
    """The hooks of runOnce in their order, each an agent job of its own; then on.success or on.failure."""
    results: list[Result] = []
    outputs: dict[str, str] = {}
    for hook in ("preDeploy", "deploy", "routeTraffic", "postRouteTraffic", "on.success", "on.failure"):
        good = stage_result(results) in (Result.SUCCEEDED, Result.SUCCEEDED_WITH_ISSUES)
        if hook not in job.hooks or good is (hook == "on.failure"):
            continue
        display = copy.display_name if hook == "deploy" else f"{copy.display_name} {hook}"
        part = Part("" if hook == "deploy" else hook, display, job.hooks[hook].steps, {}, hook)
        result, found = await _run_part(context, stage, job, own, part)
        results.append(result)
        outputs.update({f"{job.name}.{name}": value for name, value in found.items()})
    return stage_result(results), outputs


async def _run_part(
    context: RunContext, stage: Stage, job: Job, own: list[Variable], part: Part
) -> tuple[Result, dict[str, str]]:
    timeline = context.timeline
    phase = timeline.record_id(stage.name, job.name)
    name = part.key or _DEFAULT
    record = timeline.record_id(stage.name, job.name, name)
    identifier = f"{stage.name}.{job.name}.{name}"
    with context.room.kernel.store.transaction():
        order = len([row for row in timeline.records() if row["parentId"] == phase]) + 1
        timeline.add(record, "Job", part.display, phase, order, identifier=identifier, refName=name)
    called = part.key or job.name
    names = JobNames(stage.name, stage.display_name or stage.name, job.name, called, part.display, record)
    deployment = _deployment(context, job, part)
    variables = [
        *stage_variables(context, stage),
        *own,
        *(Variable(key, value) for key, value in part.variables.items()),
        *job_own(context, names, current_cause(), deployment),
    ]
    setup = JobSetup(record, names, job, part.steps, tuple(variables), part.hook)
    async with context.room.agents.one():
        return await run_job(JobRoom(context, setup))


def _deployment(context: RunContext, job: Job, part: Part) -> list[dict[str, str]]:
    if job.environment is None:
        return []
    row = context.room.organization.environment_named(context.project["id"], job.environment.name)
    return [dict(of_deployment(job.environment.name, row["id"] if row else 0, part.hook))]
