"""A deployment job: the hooks of its strategy, each an agent job of its own; then `on: success` or `on: failure`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from simulator.azure_devops.language.plan import Environment, Job, Stage, Variable
from simulator.azure_devops.organization import Row
from simulator.azure_devops.pipelines.attention import side_by_side
from simulator.azure_devops.pipelines.deployment_turns import (
    Turn,
    batch_size,
    last_turn,
    strategy_name,
    turns,
)
from simulator.azure_devops.pipelines.part_run import Ended, Part, run_part
from simulator.azure_devops.pipelines.results import Result, stage_result
from simulator.azure_devops.pipelines.room import RunContext

_GOOD = (Result.SUCCEEDED, Result.SUCCEEDED_WITH_ISSUES)


class NoTarget(ValueError):
    """The environment has nothing that the job asks to deploy to."""


async def deploy(context: RunContext, stage: Stage, job: Job, own: list[Variable]) -> Ended:
    """Bring a deployment job to its end. Raises NoTarget.

    Outputs: `job.step.variable` of `runOnce`, and `hook.step.variable`; with an increment or a machine
    `hook_increment.step.variable`.
    """
    machines = _machines(context, job)
    if not machines:
        return await _once(context, stage, job, own, None)
    most = job.deployment.max_parallel if job.deployment else ""
    size, ended = batch_size(most, len(machines)), list[Ended]()
    for first in range(0, len(machines), size):
        batch = machines[first : first + size]
        works = [partial(_once, context, stage, job, own, one) for one in batch]
        ended += await side_by_side(context.attention, works)
        if stage_result([result for result, _ in ended]) not in _GOOD:
            break
    return stage_result([result for result, _ in ended]), _merged([outputs for _, outputs in ended])


async def _once(
    context: RunContext, stage: Stage, job: Job, own: list[Variable], machine: Row | None
) -> Ended:
    """The hooks one after another until one fails."""
    name = machine["name"] if machine else ""
    results: list[Result] = []
    outputs: dict[str, str] = {}

    async def take(turn: Turn) -> None:
        result, found = await run_part(context, stage, job, own, _part(job, turn, machine))
        results.append(result)
        outputs.update(_named(job, turn, found, outputs))

    for turn in turns(job, name):
        if stage_result(results) in _GOOD:
            await take(turn)
    if not context.stop(stage.name).is_set():
        for turn in last_turn(job, stage_result(results) in _GOOD, name):
            await take(turn)
    return stage_result(results), outputs


def _part(job: Job, turn: Turn, machine: Row | None) -> Part:
    shown = job.display_name or job.name
    hook = job.hooks[turn.hook]
    variables = dict(turn.variables)
    if machine:
        variables |= {
            "Environment.ResourceName": machine["name"],
            "Environment.ResourceId": str(machine["id"]),
        }
    display = f"{shown} {turn.key.replace('_', ' ')}" if turn.key else shown
    return Part(turn.key, display, hook.steps, {}, turn.hook, variables, hook.pool)


def _named(job: Job, turn: Turn, found: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    outputs = {f"{turn.key or turn.hook}.{name}": value for name, value in found.items()}
    if "_" in turn.key:
        return outputs
    own = {f"{job.name}.{name}": value for name, value in found.items()}
    # The deploy hook is the one that the job's own name means.
    return outputs | (own if turn.hook == "deploy" else {k: v for k, v in own.items() if k not in known})


def _merged(all_outputs: Sequence[Mapping[str, str]]) -> dict[str, str]:
    return {name: value for outputs in all_outputs for name, value in outputs.items()}


def _machines(context: RunContext, job: Job) -> list[Row]:
    """The machines of the environment that the job names by name, id or tags, or all where it is rolling."""
    wanted = job.environment
    named = wanted and (wanted.resource_name or wanted.resource_id or wanted.resource_type or wanted.tags)
    if wanted is None or not (named or strategy_name(job) == "rolling"):
        return []
    row = context.room.organization.environment_named(context.project["id"], wanted.name) or {}
    machines = [one for one in row.get("resources", []) if one["type"] == "virtualMachine"]
    found = [one for one in machines if _fits(one, wanted)]
    if not found:
        what = f"resource {wanted.resource_name or wanted.resource_id}" if wanted.resource_name else "machine"
        raise NoTarget(
            f"Environment {wanted.name} has no {what.strip()} that the job {job.name} can deploy to."
        )
    return found


def _fits(resource: Row, wanted: Environment) -> bool:
    """Whether a machine has the name, the number and all the tags that are asked for."""
    tags = {tag.strip().lower() for tag in wanted.tags.split(",") if tag.strip()}
    return (
        (not wanted.resource_name or resource["name"].lower() == wanted.resource_name.lower())
        and (not wanted.resource_id or str(resource["id"]) == wanted.resource_id)
        and tags <= {str(tag).lower() for tag in resource.get("tags", [])}
    )
