"""A deployment job: the hooks of its strategy, each an agent job of its own; then `on: success` or `on: failure`.

On machines of the environment each has all the hooks; `rolling` goes batch by batch and stops after one that failed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from simulator.azure_devops.language.plan import Job, Stage, Variable
from simulator.azure_devops.organization import Row
from simulator.azure_devops.pipelines import machines
from simulator.azure_devops.pipelines.agent.job_variables import plain_values, stage_variables
from simulator.azure_devops.pipelines.agent.macros import expand_macros
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


_FROZEN = "machines"
"""The member of a phase's record that keeps which machines this attempt deploys to, whatever becomes of them."""


class NoTarget(ValueError):
    """The environment has nothing that the job asks to deploy to, or it is not said how many at once."""


async def deploy(context: RunContext, stage: Stage, job: Job, own: list[Variable]) -> Ended:
    """Bring a deployment job to its end. Raises NoTarget.

    Outputs: `job.step.variable` of `runOnce`, and `hook.step.variable`; with an increment or a machine
    `hook_increment.step.variable`.
    """
    targets = _machines(context, stage, job)
    if not targets:
        return await _once(context, stage, job, own, None)
    most = job.deployment.max_parallel if job.deployment else ""
    most = expand_macros(most, plain_values([*stage_variables(context, stage), *own]))
    size, ended = batch_size(most, len(targets)), list[Ended]()
    if not size:
        raise NoTarget(
            f"Job {job.name}: the value '{most}' of maxParallel is neither a number nor a percentage."
        )
    for first in range(0, len(targets), size):
        batch = targets[first : first + size]
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
    return Part(turn.key, display, hook.steps, {}, turn.hook, variables, hook.pool, machine)


def _named(job: Job, turn: Turn, found: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    outputs = {f"{turn.key or turn.hook}.{name}": value for name, value in found.items()}
    if "_" in turn.key:
        return outputs
    own = {f"{job.name}.{name}": value for name, value in found.items()}
    # The deploy hook is the one that the job's own name means.
    return outputs | (own if turn.hook == "deploy" else {k: v for k, v in own.items() if k not in known})


def _merged(all_outputs: Sequence[Mapping[str, str]]) -> dict[str, str]:
    return {name: value for outputs in all_outputs for name, value in outputs.items()}


def _machines(context: RunContext, stage: Stage, job: Job) -> list[Row]:
    """The machines of the environment that the job asks for; none where it asks for no machine. Raises NoTarget."""
    wanted, timeline = job.environment, context.timeline
    if wanted is None or not machines.wants_machines(wanted, strategy_name(job)):
        return []
    phase = timeline.get(timeline.record_id(stage.name, job.name))
    frozen = phase.get(_FROZEN, {})
    if frozen.get("attempt") == phase["attempt"]:
        return list(frozen["rows"])
    row = context.room.organization.environment_named(context.project["id"], wanted.name) or {"id": 0}
    found = machines.chosen(row, wanted)
    if not found:
        kind = wanted.resource_type or "VirtualMachine"
        raise NoTarget(
            f"No resource were found in the environment with ID {row['id']} matching the specified criteria:"
            f" ResourceId {wanted.resource_id}, ResourceName {wanted.resource_name}, ResourceType {kind},"
            f" Tags {wanted.tags}."
        )
    timeline.update(phase["id"], **{_FROZEN: {"attempt": phase["attempt"], "rows": found}})
    return found
