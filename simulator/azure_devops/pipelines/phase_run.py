"""One job of the plan: its condition, then its copies (matrix, parallel) or the hooks of its deployment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from simulator.azure_devops.language.conditions import (
    ConditionContext,
    evaluate_condition,
    evaluate_runtime_expression,
)
from simulator.azure_devops.language.expressions.failure import ExpressionFailure
from simulator.azure_devops.language.plan import Job, Matrix, Parallel, Stage, Variable
from simulator.azure_devops.pipelines import conditions_of_run
from simulator.azure_devops.pipelines.agent.job_variables import (
    EVALUATED,
    entries,
    plain_values,
    runtime_values,
    settled,
    stage_variables,
)
from simulator.azure_devops.pipelines.attention import side_by_side
from simulator.azure_devops.pipelines.counters import counter
from simulator.azure_devops.pipelines.deployment_run import NoTarget, deploy
from simulator.azure_devops.pipelines.job_copies import JobCopy, MatrixInvalid, job_copies
from simulator.azure_devops.pipelines.part_run import Ended, Part, run_part
from simulator.azure_devops.pipelines.results import Result, stage_result
from simulator.azure_devops.pipelines.room import RunContext


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
            stopped = context.stop(stage.name).is_set()
            timeline.finish(phase, Result.CANCELED if stopped else Result.SKIPPED)
            return
        copies = job_copies(job, _matrix(job, around))
        own = _begun(context, phase, job, around)
    except (ExpressionFailure, MatrixInvalid) as wrong:
        timeline.add_issue(phase, "error", str(wrong))
        timeline.finish(phase, Result.ABANDONED)
        return
    try:
        if job.kind == "deployment":
            result, outputs = await deploy(context, stage, job, own)
        else:
            result, outputs = await _copies(context, stage, job, own, copies)
    except NoTarget as wrong:
        timeline.add_issue(phase, "error", str(wrong))
        result, outputs = Result.FAILED, {}
    if job.continue_on_error and result is Result.FAILED:
        result = Result.SUCCEEDED_WITH_ISSUES
    timeline.finish(phase, result, outputs=outputs)


def _begun(context: RunContext, phase: str, job: Job, around: ConditionContext) -> list[Variable]:
    """The job's own variables; the phase begins, with what they came to, and keeps that after a restart."""
    timeline, own = context.timeline, entries(context, job.variables)
    with context.room.kernel.store.transaction():
        if timeline.get(phase)["state"] == "pending":
            count = counter(context.room.organization, context.row["definition"])
            found = runtime_values(own, replace(around, counter=count))
            timeline.start(phase, **{EVALUATED: found})
    return settled(own, timeline.get(phase).get(EVALUATED, {}))


def _condition_context(context: RunContext, stage: Stage, job: Job) -> ConditionContext:
    jobs = conditions_of_run.job_outcomes(context.timeline, context.plan, stage.name)
    return ConditionContext(
        "job",
        plain_values(stage_variables(context, stage)),
        {name: jobs[name] for name in job.depends_on if name in jobs},
        conditions_of_run.earlier_jobs(context.timeline, context.plan),
        canceled=context.stop(stage.name).is_set(),
    )


def _matrix(job: Job, around: ConditionContext) -> str:
    expression = job.strategy.expression if isinstance(job.strategy, Matrix) else ""
    return evaluate_runtime_expression(expression, around) if expression else ""


async def _copies(
    context: RunContext, stage: Stage, job: Job, own: list[Variable], copies: Sequence[JobCopy]
) -> Ended:
    limit = job.strategy.max_parallel if isinstance(job.strategy, Matrix | Parallel) else 0
    parts = [Part(copy.key, copy.display_name, job.steps, dict(copy.variables)) for copy in copies]
    works = [partial(run_part, context, stage, job, own, part) for part in parts]
    ends = await side_by_side(context.attention, works, limit)
    # A single copy is just the job; the outputs of several are told apart by their key.
    outputs = {
        f"{part.key}.{name}" if part.key else name: value
        for part, (_, found) in zip(parts, ends, strict=True)
        for name, value in found.items()
    }
    return stage_result([result for result, _ in ends]), outputs
