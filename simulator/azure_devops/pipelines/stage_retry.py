"""Retrying a stage of a completed run: its records, and those of the stages after it, begin anew."""

from __future__ import annotations

from simulator.azure_devops.errors import failure
from simulator.azure_devops.language.plan import Plan
from simulator.azure_devops.organization import Row
from simulator.azure_devops.pipelines import callbacks, timeline
from simulator.azure_devops.pipelines.agent import job_state
from simulator.azure_devops.pipelines.gates import approvals, check_runs
from simulator.azure_devops.pipelines.runs import Runs
from simulator.azure_devops.pipelines.tasks import requests
from simulator.azure_devops.pipelines.timeline import Timeline
from simulator.kernel.world import Kernel

_RETRIED = ("failed", "canceled", "abandoned")
_GOOD = ("succeeded", "succeededWithIssues")


def dependents(plan: Plan, name: str) -> tuple[str, ...]:
    """The stage and all that come after it, directly or not. Pure."""
    found = {name}
    for stage in plan.stages:
        if found & set(stage.depends_on):
            found.add(stage.name)
    return tuple(stage.name for stage in plan.stages if stage.name in found)


def reset(kernel: Kernel, runs: Runs, row: Row, name: str, all_jobs: bool) -> None:
    """Make the run ready to begin again at a stage that failed; refused where it did not.

    Jobs of the stage that succeeded keep their result, unless `all_jobs` asks for them too.
    """
    plan, records = runs.plan(row["id"]), Timeline(kernel, row["id"])
    stage = next((one for one in plan.stages if one.name.lower() == name.lower()), None)
    if stage is None:
        raise failure("StageNotFoundException", name=name, build=row["id"])
    result = records.get(records.record_id(stage.name))["result"]
    if row["state"] != "completed" or result not in _RETRIED:
        raise failure(
            "StageNotInRetriableStateException",
            name=stage.name,
            state="retry",
            current=result or row["state"],
        )
    _reset(kernel, runs, row, [stage.name], all_jobs)


def reset_failed(kernel: Kernel, runs: Runs, row: Row) -> None:
    """Make the run ready to begin again at every stage that failed; refused where none did."""
    plan, records = runs.plan(row["id"]), Timeline(kernel, row["id"])
    names = [
        one.name for one in plan.stages if records.get(records.record_id(one.name))["result"] in _RETRIED
    ]
    if row["state"] != "completed" or not names:
        current = row["result"] or row["state"]
        raise failure("StageNotInRetriableStateException", name=row["name"], state="retry", current=current)
    _reset(kernel, runs, row, names, all_jobs=False)


def _reset(kernel: Kernel, runs: Runs, row: Row, names: list[str], all_jobs: bool) -> None:
    plan, records = runs.plan(row["id"]), Timeline(kernel, row["id"])
    again = list(dict.fromkeys(one for name in names for one in dependents(plan, name)))
    with kernel.store.transaction():
        for one in again:
            _reset_stage(kernel, records, one, keep=one in names and not all_jobs)
        canceled = [one for one in row.get("canceledStages", []) if one not in again]
        runs.move(row["id"], "inProgress", result=None, finished=None, canceledStages=canceled)
        for name in names:
            told = {"run": row["id"], "stage": name}
            kernel.log.record("StageRetried", f"run {row['name']} {name}", told)


def _reset_stage(kernel: Kernel, records: Timeline, name: str, keep: bool) -> None:
    """Stage and phases are pending again with one attempt more; jobs, steps and checkpoints are drawn anew.

    What was there stays as the attempt before. With `keep` the phases that succeeded stay as they are.
    """
    top, rows = records.record_id(name), records.records()
    kept = [row["id"] for row in rows if keep and row["type"] == "Phase" and row["result"] in _GOOD]
    below = _below(rows, top, kept)
    attempt = records.get(top)["attempt"]
    records.keep_attempt(attempt, [row for row in rows if row["id"] in below])
    for row in rows:
        if row["id"] not in below:
            continue
        if row["type"] in ("Stage", "Phase"):
            records.begin_anew(row["id"], attempt + 1)
            continue
        kernel.store.delete(timeline.KIND, records.key(row["id"]))
        kernel.store.delete(approvals.KIND, row["id"])
        kernel.store.delete(check_runs.KIND, row["id"])
        kernel.store.delete(job_state.KIND, records.key(row["id"]))
        kernel.store.delete(callbacks.EVENT, f"{row['parentId']}/{row['id']}".lower())
        for key, _ in kernel.store.scan(requests.ANSWER, f"{row['id']}/"):
            kernel.store.delete(requests.ANSWER, key)


def _below(rows: list[Row], top: str, kept: list[str]) -> set[str]:
    """The ids of `top` and of all below it, without what is below `kept`. Pure."""
    below = {top}
    while more := {row["id"] for row in rows if row["parentId"] in below} - below - set(kept):
        below |= more
    return below
