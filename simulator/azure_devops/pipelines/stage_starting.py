"""Which stages of a run are due: those started by hand wait for somebody; and what a person does to one stage.

Source: Learn "Add stages, dependencies, and conditions", "Add a manual trigger": such a stage has no dependencies, and
a run completes when only stages that nobody has started are left.
"""

from __future__ import annotations

from simulator.azure_devops.errors import failure
from simulator.azure_devops.language.plan import Plan, Stage
from simulator.azure_devops.organization import Row
from simulator.azure_devops.pipelines.runs import Runs
from simulator.azure_devops.pipelines.timeline import Timeline
from simulator.kernel.world import Kernel


def due(plan: Plan, row: Row) -> dict[str, tuple[str, ...]]:
    """The stages that the run performs, with what each waits for: without those that nobody has started. Pure."""
    started = {*row.get("startedStages", ()), *row["stagesToSkip"]}
    found: dict[str, tuple[str, ...]] = {}
    missing: set[str] = set()
    pending = list(plan.stages)
    while pending:
        stage = pending.pop(0)
        manual = stage.trigger == "manual"
        if (manual and stage.name not in started) or (not manual and missing & set(stage.depends_on)):
            missing.add(stage.name)
            # A stage that was looked at before may depend on this one.
            pending += [one for one in plan.stages if one.name in found and stage.name in one.depends_on]
            found.pop(stage.name, None)
        elif stage.name not in missing:
            found[stage.name] = () if manual else stage.depends_on
    return {stage.name: found[stage.name] for stage in plan.stages if stage.name in found}


def start(kernel: Kernel, runs: Runs, row: Row, name: str) -> None:
    """Write that a person has started a manual stage; refused where there is nothing to start."""
    stage = stage_of(runs, row, name)
    started = row.get("startedStages", [])
    if stage.trigger != "manual" or stage.name in started or row["state"] == "canceling":
        raise _refused(kernel, row, stage, "run")
    with kernel.store.transaction():
        if row["state"] == "completed":
            runs.move(row["id"], "inProgress", result=None, finished=None)
        runs.update(row["id"], startedStages=[*started, stage.name])
        kernel.log.record(
            "StageStarted", f"run {row['name']} {stage.name}", {"run": row["id"], "stage": stage.name}
        )


def cancel(kernel: Kernel, runs: Runs, row: Row, name: str) -> Stage:
    """Write that a stage is canceled; refused where it has ended."""
    stage = stage_of(runs, row, name)
    timeline = Timeline(kernel, row["id"])
    ended = timeline.get(timeline.record_id(stage.name))["state"] == "completed"
    if ended or row["state"] != "inProgress":
        raise _refused(kernel, row, stage, "cancel")
    canceled = row.get("canceledStages", [])
    runs.update(row["id"], canceledStages=[*canceled, stage.name])
    return stage


def stage_of(runs: Runs, row: Row, name: str) -> Stage:
    """The stage of that name, whatever its case; StageNotFoundException where there is none."""
    found = next((one for one in runs.plan(row["id"]).stages if one.name.lower() == name.lower()), None)
    if found is None:
        raise failure("StageNotFoundException", name=name, build=row["id"])
    return found


def _refused(kernel: Kernel, row: Row, stage: Stage, wanted: str) -> Exception:
    timeline = Timeline(kernel, row["id"])
    record = timeline.get(timeline.record_id(stage.name))
    current = record["result"] or record["state"]
    return failure("StageNotInRetriableStateException", name=stage.name, state=wanted, current=current)
