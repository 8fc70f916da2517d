"""One agent job of a phase: its record, its names and variables, its turn on an agent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from simulator.azure_devops.language.plan import Job, Pool, Stage, Step, Variable
from simulator.azure_devops.organization import Row
from simulator.azure_devops.pipelines import agent_rows
from simulator.azure_devops.pipelines.agent.checkouts import cleans
from simulator.azure_devops.pipelines.agent.job_room import JobRoom, JobSetup
from simulator.azure_devops.pipelines.agent.job_variables import job_own, plain_values, stage_variables
from simulator.azure_devops.pipelines.agent.macros import expand_macros
from simulator.azure_devops.pipelines.agent.predefined import JobNames, of_deployment, of_machine
from simulator.azure_devops.pipelines.demands import HOSTED, capabilities, refusal, satisfies
from simulator.azure_devops.pipelines.job_run import run_job
from simulator.azure_devops.pipelines.machines import agent_of, machine_of
from simulator.azure_devops.pipelines.results import Result
from simulator.azure_devops.pipelines.room import RunContext
from simulator.kernel.facts import current_cause

_DEFAULT = "__default"
AGENT_OF = "agentOf"
"""The member of a job's record that says which pool it has an agent of, and that pool's size."""
_NO_POOL = (
    "Could not find a pool with name {name}. The pool does not exist or has not been authorized for use."
    " For authorization details, refer to https://aka.ms/yamlauthz."
)
# Ours: the service would let the job wait for the agent, which nobody runs here.
_OFFLINE = (
    "The agents of pool {name} that satisfy the demands are offline: their own programs are not simulated."
)

# Ours: the service would let the job wait until somebody enables the agent, or registers it again.
_NOT_THERE = "The machine {name} has no agent that is enabled."

Ended = tuple[Result, dict[str, str]]


@dataclass(frozen=True)
class Part:
    """Its key in names, what it is called, its steps and own variables; of a deployment the hook and its strategy.

    `machine`: the resource of the environment that it runs on.
    """

    key: str
    display: str
    steps: tuple[Step, ...]
    variables: Mapping[str, str]
    hook: str = ""
    deployment: Mapping[str, str] = field(default_factory=dict)
    pool: Pool | None = None
    machine: Row | None = None


async def run_part(context: RunContext, stage: Stage, job: Job, own: list[Variable], part: Part) -> Ended:
    """Bring one agent job from where its record stands to its end: result and outputs."""
    record = _draw(context, stage, job, part)
    phase = context.timeline.record_id(stage.name, job.name)
    attempt = context.timeline.get(phase)["attempt"]
    names = JobNames(
        stage.name,
        stage.display_name or stage.name,
        job.name,
        part.key or (_DEFAULT if job.kind == "job" else job.name),
        part.display,
        record,
        attempt,
        context.timeline.record_id(stage.name),
        phase,
        job.timeout_minutes,
        cleans(part.steps),
    )
    variables = [
        *stage_variables(context, stage),
        *own,
        *(Variable(key, value) for key, value in part.variables.items()),
        *job_own(context, names, current_cause(), _deployment(context, job, part)),
    ]
    pool = part.pool or job.pool or stage.pool or context.plan.pool
    agentless = pool is not None and pool.server
    machine = (
        None if agentless or part.machine is None else machine_of(context.room.organization, part.machine)
    )
    if machine is not None:
        own_agent = of_machine(machine.name, machine.agent, machine.computer)
        variables += [Variable(name, value, read_only=True) for name, value in own_agent.items()]
    setup = JobSetup(record, names, job, part.steps, tuple(variables), part.hook, agentless, machine)
    room = JobRoom(context, setup)
    if agentless:
        return await run_job(room)
    row, agents = context.timeline.get(record), context.room.agents
    if row["state"] == "completed":
        return await run_job(room)
    if row["state"] == "inProgress" and (kept := row.get(AGENT_OF)):
        async with agents.kept(*kept):
            return await run_job(room)
    place = (
        agents_of(context, pool, variables, _demands(room))
        if part.machine is None
        else _agent_of(context, part.machine, _demands(room))
    )
    if place.refusal:
        context.timeline.add_issue(record, "error", place.refusal)
        context.timeline.finish(record, Result.FAILED)
        return Result.FAILED, {}
    async with agents.one(context.stop(stage.name), place.pool, place.size) as taken:
        if taken:
            context.timeline.update(record, **{AGENT_OF: [place.pool, place.size]})
            return await run_job(room)
    # Canceled while it waited for an agent: no step has run.
    context.timeline.finish(record, Result.CANCELED)
    return Result.CANCELED, {}


def _draw(context: RunContext, stage: Stage, job: Job, part: Part) -> str:
    timeline, name = context.timeline, part.key or _DEFAULT
    phase = timeline.record_id(stage.name, job.name)
    record = timeline.record_id(stage.name, job.name, name)
    identifier = f"{stage.name}.{job.name}.{name}"
    with context.room.kernel.store.transaction():
        order = len([row for row in timeline.records() if row["parentId"] == phase]) + 1
        attempt = timeline.get(phase)["attempt"]
        more = {"identifier": identifier, "refName": name, "attempt": attempt}
        if part.machine is not None:
            more["resource"] = part.machine["id"]
        timeline.add(record, "Job", part.display, phase, order, **more)
    return record


def _deployment(context: RunContext, job: Job, part: Part) -> list[Mapping[str, str]]:
    if job.environment is None:
        return []
    row = context.room.organization.environment_named(context.project["id"], job.environment.name)
    return [of_deployment(job.environment.name, row["id"] if row else 0), part.deployment]


def _demands(room: JobRoom) -> list[str]:
    """What the tasks of the user's that a job names ask of its agent."""
    found: dict[str, None] = {}
    for step in room.setup.steps:
        task = room.tasks.find(step.task_id, step.version)
        if task is not None and task.on_disk is not None:
            least = task.on_disk.said.get("minimumAgentVersion")
            found |= dict.fromkeys(task.on_disk.said.get("demands", ()))
            found |= {f"Agent.Version -gtVersion {least}": None} if least else {}
    return list(found)


@dataclass(frozen=True)
class Place:
    """Where a job runs: a pool (0: none was found) of so many agents, or why it cannot."""

    pool: int
    size: int
    refusal: str = ""


def _agent_of(context: RunContext, resource: Row, demands: Sequence[str]) -> Place:
    """The agent of a machine alone: its jobs wait for each other."""
    agent = agent_of(context.room.organization, resource)
    name = resource["name"]
    if agent is None or not agent["enabled"]:
        return Place(0, 0, _NOT_THERE.format(name=name))
    # A number of its own below those of pools: each machine takes one job at a time.
    return Place(-int(resource["agent"]), 1, refusal(name, [agent], demands))


def agents_of(
    context: RunContext, pool: Pool | None, variables: Sequence[Variable], more: Sequence[str] = ()
) -> Place:
    """The pool that a job asks for, and how many of its agents work here; `more` is what its tasks demand."""
    organization = context.room.organization
    values = plain_values(variables)
    name = expand_macros(pool.name, values) if pool and pool.name else HOSTED
    queue = organization.queue_named(context.project["id"], name)
    if queue is None:
        return Place(0, 0, "" if name == HOSTED else _NO_POOL.format(name=name))
    agents = agent_rows.of_pool(organization, queue["pool"])
    demands = [expand_macros(demand, values) for demand in (pool.demands if pool else ())]
    demands += more
    if why := refusal(name, agents, demands):
        return Place(queue["pool"], 0, why)
    working = [one for one in agents if one["enabled"] and one["status"] == "online"]
    fitting = [one for one in working if satisfies(capabilities(one), demands)]
    return Place(queue["pool"], len(working), "" if fitting else _OFFLINE.format(name=name))
