"""The gate before a stage: approvals of the environments that its deployments name."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from simulator.azure_devops.language.plan import Stage
from simulator.azure_devops.organization import Row
from simulator.azure_devops.pipelines.gates.approvals import Approvals
from simulator.azure_devops.pipelines.results import Result, merge
from simulator.azure_devops.pipelines.room import RunContext

APPROVAL_TYPE = "8c6f20a7-a545-4486-9777-f762fafe0d4d"


@dataclass(frozen=True)
class Passage:
    """What the gate says: the result that ends the stage (None: go on), and the fact that let it pass."""

    ends: Result | None = None
    fact: int | None = None


def needed(context: RunContext, stage: Stage) -> list[tuple[Row, Row]]:
    """(environment, check) of every approval that the stage must have; each environment once."""
    organization, found = context.room.organization, []
    names = dict.fromkeys(job.environment.name for job in stage.jobs if job.environment is not None)
    for name in names:
        environment = organization.environment_named(context.project["id"], name)
        if environment is not None:
            checks = organization.checks_of("environment", str(environment["id"]))
            found += [(environment, check) for check in checks if check["type"]["id"] == APPROVAL_TYPE]
    return found


async def pass_gate(context: RunContext, approvals: Approvals, stage: Stage) -> Passage:
    """Ask for every approval at once and wait for all; the world may rest meanwhile, and a restart finds the rows."""
    asked = [_ask(context, approvals, stage, *pair) for pair in needed(context, stage)]
    if not asked:
        return Passage()
    with context.attention.waiting():
        await asyncio.gather(*(_settled(context, approvals, identifier) for identifier in asked))
    rows = [row for identifier in asked if (row := approvals.find(identifier)) is not None]
    timeline, checkpoint = context.timeline, context.timeline.record_id(stage.name, "Checkpoint")
    worst = Result.SUCCEEDED
    for row in rows:
        worst = merge(worst, _result(row["status"]))
    if timeline.get(checkpoint)["state"] != "completed":
        timeline.finish(checkpoint, worst)
    fact = max(row.get("fact", 0) for row in rows)
    return Passage(None if worst is Result.SUCCEEDED else worst, fact)


def _ask(context: RunContext, approvals: Approvals, stage: Stage, environment: Row, check: Row) -> str:
    timeline = context.timeline
    checkpoint = timeline.record_id(stage.name, "Checkpoint")
    identifier = timeline.record_id(stage.name, "Checkpoint", str(check["id"]))
    with context.room.kernel.store.transaction():
        timeline.add(
            checkpoint, "Checkpoint", "Checkpoint", timeline.record_id(stage.name), 0, identifier="Checkpoint"
        )
        timeline.add(
            identifier,
            "Checkpoint.Approval",
            "Checkpoint.Approval",
            checkpoint,
            1,
            identifier="Checkpoint.Approval",
        )
        if timeline.get(identifier)["state"] == "pending":
            timeline.start(checkpoint)
            timeline.start(identifier)
        approvals.ask(identifier, context.row, stage.name, environment, check)
    return identifier


async def _settled(context: RunContext, approvals: Approvals, identifier: str) -> None:
    signals = context.room.signals
    while (row := approvals.find(identifier)) is not None and row["status"] == "pending":
        await signals.event(identifier).wait()
    signals.forget(identifier)


def _result(status: str) -> Result:
    """Rejected fails the stage, a time-out skips it (Learn, "Approvals and checks")."""
    results = {"approved": Result.SUCCEEDED, "rejected": Result.FAILED, "timedOut": Result.SKIPPED}
    return results.get(status, Result.CANCELED)
