"""What conditions and run-time expressions of a run can see: built from its timeline."""

from __future__ import annotations

from simulator.azure_devops.language.conditions import Outcome
from simulator.azure_devops.language.plan import Plan
from simulator.azure_devops.pipelines.timeline import Timeline, result_of


def stage_outcome(timeline: Timeline, plan: Plan, name: str) -> Outcome:
    """How a completed stage ended; its outputs are `job.step.variable`."""
    row = timeline.get(timeline.record_id(name))
    outputs = {
        f"{job}.{key}": value
        for job, outcome in job_outcomes(timeline, plan, name).items()
        for key, value in outcome.outputs.items()
    }
    return Outcome(result_of(row).value, outputs, _details(row["identifier"], name))


def job_outcomes(timeline: Timeline, plan: Plan, stage_name: str) -> dict[str, Outcome]:
    """How the completed jobs of a stage ended."""
    stage = next(stage for stage in plan.stages if stage.name == stage_name)
    found = {}
    for job in stage.jobs:
        row = timeline.get(timeline.record_id(stage_name, job.name))
        if row["state"] == "completed":
            outputs = row.get("outputs") or {}
            found[job.name] = Outcome(result_of(row).value, outputs, _details(row["identifier"], job.name))
    return found


def earlier_jobs(timeline: Timeline, plan: Plan) -> dict[str, dict[str, Outcome]]:
    """The jobs of every stage that has completed."""
    return {
        stage.name: job_outcomes(timeline, plan, stage.name)
        for stage in plan.stages
        if timeline.get(timeline.record_id(stage.name))["state"] == "completed"
    }


def _details(identifier: str, name: str) -> dict[str, str]:
    return {"identifier": identifier, "name": name, "attempt": "1", "state": "completed"}
