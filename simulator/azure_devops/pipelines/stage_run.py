"""One stage: its condition, its gate, then its jobs."""

from __future__ import annotations

from simulator.azure_devops.language.conditions import ConditionContext, evaluate_condition
from simulator.azure_devops.language.expressions.failure import ExpressionFailure
from simulator.azure_devops.language.plan import Stage
from simulator.azure_devops.pipelines import conditions_of_run
from simulator.azure_devops.pipelines.agent.job_variables import (
    EVALUATED,
    entries,
    plain_values,
    runtime_values,
    stage_variables,
)
from simulator.azure_devops.pipelines.counters import counter
from simulator.azure_devops.pipelines.gates.passing import Gates
from simulator.azure_devops.pipelines.graph_run import run_graph
from simulator.azure_devops.pipelines.phase_run import run_phase
from simulator.azure_devops.pipelines.results import Result, stage_result
from simulator.azure_devops.pipelines.room import RunContext
from simulator.azure_devops.pipelines.timeline import result_of
from simulator.kernel.facts import cause


async def run_stage(context: RunContext, gates: Gates, stage: Stage) -> None:
    """Bring the stage from where its records stand to its end."""
    timeline = context.timeline
    record = timeline.record_id(stage.name)
    if timeline.get(record)["state"] == "completed":
        return
    if timeline.get(record)["state"] == "pending":
        if (ends := _decided(context, stage)) is not None:
            _end_early(context, stage, ends)
            return
        passage = await gates.pass_gate(context, stage)
        if passage.ends is not None:
            _end_early(context, stage, passage.ends)
            return
        try:
            with cause(passage.fact or context.row["cause"]):
                _start(context, stage, record)
        except ExpressionFailure as wrong:
            timeline.add_issue(record, "error", str(wrong))
            _end_early(context, stage, Result.ABANDONED)
            return
    with cause(timeline.get(record).get("cause")):
        nodes = {job.name: job.depends_on for job in stage.jobs}
        jobs = {job.name: job for job in stage.jobs}
        await run_graph(lambda: nodes, lambda name: run_phase(context, stage, jobs[name]), context.attention)
        results = [result_of(timeline.get(timeline.record_id(stage.name, name))) for name in nodes]
        timeline.finish(record, stage_result(results))


def _start(context: RunContext, stage: Stage, record: str) -> None:
    """The stage is in progress, with what its `$[ ]` variables come to. Raises ExpressionFailure."""
    timeline, organization = context.timeline, context.room.organization
    with context.room.kernel.store.transaction():
        around = ConditionContext(
            "job",
            plain_values(stage_variables(context, stage)),
            {},
            conditions_of_run.earlier_jobs(timeline, context.plan),
            counter=counter(organization, context.row["definition"]),
        )
        found = runtime_values(entries(context, stage.variables), around)
        fact = timeline.start(record, **{EVALUATED: found})
        timeline.update(record, cause=fact.sequence if fact else None)


def _decided(context: RunContext, stage: Stage) -> Result | None:
    """The result of a stage that does not run, or None."""
    if stage.name in context.row["stagesToSkip"]:
        return Result.SKIPPED
    try:
        runs = evaluate_condition(stage.condition, _condition_context(context, stage))
    except ExpressionFailure as wrong:
        context.timeline.add_issue(context.timeline.record_id(stage.name), "error", str(wrong))
        return Result.ABANDONED
    if runs:
        return None
    return Result.CANCELED if context.stop(stage.name).is_set() else Result.SKIPPED


def _condition_context(context: RunContext, stage: Stage) -> ConditionContext:
    # A stage that the request left out is as if it were not there: those after it look at the others.
    skipped = context.row["stagesToSkip"]
    # A stage that is started by hand asks nobody (Learn, "Add stages": it has no dependencies).
    depends_on = () if stage.trigger == "manual" else stage.depends_on
    dependencies = {
        name: conditions_of_run.stage_outcome(context.timeline, context.plan, name)
        for name in depends_on
        if name not in skipped
    }
    return ConditionContext(
        "stage",
        plain_values(stage_variables(context, stage)),
        dependencies,
        conditions_of_run.earlier_jobs(context.timeline, context.plan),
        canceled=context.stop(stage.name).is_set(),
    )


def _end_early(context: RunContext, stage: Stage, result: Result) -> None:
    timeline = context.timeline
    with context.room.kernel.store.transaction():
        for job in stage.jobs:
            timeline.finish(timeline.record_id(stage.name, job.name), Result.SKIPPED)
        timeline.finish(timeline.record_id(stage.name), result)
