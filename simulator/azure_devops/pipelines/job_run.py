"""One agent job: its directories, its steps one after another, its end."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from simulator.azure_devops.language.plan import Step
from simulator.azure_devops.pipelines.agent import job_room
from simulator.azure_devops.pipelines.agent.container_ends import initialize_containers, stop_containers
from simulator.azure_devops.pipelines.agent.containers_wanted import uses_containers
from simulator.azure_devops.pipelines.agent.job_ends import checkout_name, finalize, initialize
from simulator.azure_devops.pipelines.agent.job_room import JobRoom
from simulator.azure_devops.pipelines.agent.step_names import display_name, reference_names
from simulator.azure_devops.pipelines.results import Result, job_result
from simulator.azure_devops.pipelines.step_parts import parts_of
from simulator.azure_devops.pipelines.step_run import StepRun
from simulator.azure_devops.pipelines.timeline import result_of
from simulator.azure_devops.task_definitions.catalogue import keyword_task
from simulator.kernel.facts import cause

_WHAT = {"checkout": "repository", "download": "alias"}


async def run_job(job: JobRoom) -> tuple[Result, dict[str, str]]:
    """Bring the job from where its records stand to its end: result and outputs."""
    timeline, record = job.context.timeline, job.setup.record
    row = timeline.get(record)
    if row["state"] == "completed":
        return result_of(row), job.state.outputs
    with job.kernel.store.transaction():
        steps = _draw_steps(job)
        fact = timeline.start(record, workerName=job.agent_name, begun=job.kernel.clock.wall())
        if fact is not None:
            timeline.update(record, cause=fact.sequence)
    with cause(timeline.get(record).get("cause")):
        if not job.setup.agentless:
            if fact is not None:
                await asyncio.to_thread(job.files.begin, job.setup.job.workspace_clean)
            await asyncio.to_thread(job.files.create)
        watchers = [asyncio.ensure_future(watch(job)) for watch in (_watch_cancel, _watch_time)]
        try:
            result = await _run_steps(job, steps) if job.setup.agentless else await _run_on_agent(job, steps)
        finally:
            for watcher in watchers:
                watcher.cancel()
        await asyncio.to_thread(job.files.remove)
        timeline.finish(record, result)
    return result, job.state.outputs


async def _run_on_agent(job: JobRoom, steps: list[StepRun]) -> Result:
    initialize(job)
    begun = await initialize_containers(job)
    job.status = Result.CANCELED if job.stopping.is_set() else begun
    result = await _run_steps(job, steps)
    await stop_containers(job)
    await finalize(job)
    return result


async def _run_steps(job: JobRoom, steps: list[StepRun]) -> Result:
    results = [job.status]
    for step in steps:
        results.append(await step.run())
        job.status = Result.CANCELED if job.stopping.is_set() else job_result(results)
    return job.status


def _draw_steps(job: JobRoom) -> list[StepRun]:
    """The task records, pending, with what the agent adds by itself: sources, or artifacts for a deployment."""
    timeline, parent = job.context.timeline, job.setup.record
    # `checkout: none` and `download: none` only tell the agent what not to do by itself.
    said = [step for step in job.setup.steps if step.inputs.get(_WHAT.get(step.keyword, "")) != "none"]
    steps = [*_implicit(job), *said]
    named = [
        replace(step, name=name, display_name=_shown(job, step))
        for step, name in zip(steps, reference_names(steps), strict=True)
    ]
    found = []
    # The agent's own records come first: `Initialize job`, `Initialize containers`.
    first = 3 if uses_containers(job.setup.job) else 2
    for order, drawn in enumerate(parts_of(job.tasks, named), start=first):
        step, name = drawn.step, drawn.step.name
        record, main = timeline.record_id(parent, drawn.place), timeline.record_id(parent, drawn.main)
        definition = job.tasks.find(step.task_id, step.version)
        version = definition.full_version if definition else f"{step.version}.0.0"
        task = {"id": step.task_id, "name": step.task, "version": version}
        timeline.add(
            record, "Task", step.display_name, parent, order, refName=name, identifier=name, task=task
        )
        found.append(StepRun(job, record, step, drawn.part, main))
    return found


def _shown(job: JobRoom, step: Step) -> str:
    return checkout_name(job, step) if step.keyword == "checkout" else display_name(job.tasks, step)


def _implicit(job: JobRoom) -> list[Step]:
    tasks = {step.task for step in job.setup.steps}
    if job.setup.agentless:
        return []
    if job.setup.job.kind == "job":
        return [] if "Checkout" in tasks else [_agent_step("checkout", {"repository": "self"})]
    if job.setup.hook != "deploy" or "Download" in tasks:
        return []
    # Learn "Deployment jobs": artifacts of the run and of every pipeline resource are downloaded first.
    aliases = ("current", *job.context.row.get("pipelines", {}))
    return [_agent_step("download", {"alias": alias}) for alias in aliases]


async def _watch_cancel(job: JobRoom) -> None:
    await job.context.stop(job.setup.names.stage).wait()
    await _stop(job)


async def _watch_time(job: JobRoom) -> None:
    minutes = job.setup.job.timeout_minutes
    # What waits without an agent waits on the virtual clock, and counts its time there.
    if not minutes or job.setup.agentless:
        return
    # Running work counts real time (DESIGN.md 5), from before a restart on.
    begun, now = job.context.timeline.get(job.setup.record).get("begun"), job.kernel.clock.wall()
    await asyncio.sleep(max(0.0, (begun or now) + minutes * job_room.MINUTE_SECONDS - now))
    job.time_is_over()
    await _stop(job)


async def _stop(job: JobRoom) -> None:
    """The steps end, but those whose condition wants a canceled job: they have the time to cancel for it."""
    job.stop()
    await asyncio.sleep(job.setup.job.cancel_timeout_minutes * job_room.MINUTE_SECONDS)
    job.forced.set()


def _agent_step(keyword: str, inputs: dict[str, str]) -> Step:
    task = keyword_task(keyword)
    return Step(task.name, task.version, task.id, keyword, inputs, {}, "", "", "", False, True, 0, 0)
