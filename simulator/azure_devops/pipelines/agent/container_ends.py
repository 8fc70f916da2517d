"""`Initialize containers` and `Stop Containers`: the agent's own records around the steps of a job with containers.

Source: the agent's `JobExtension`, `ContainerOperationProvider` (order, variables, texts).
"""

from __future__ import annotations

import json

from simulator.azure_devops.language.expressions.failure import ExpressionFailure
from simulator.azure_devops.pipelines.agent.command_effects import SetVariable
from simulator.azure_devops.pipelines.agent.containers_wanted import set_name, uses_containers, wanted
from simulator.azure_devops.pipelines.agent.job_ends import last_order
from simulator.azure_devops.pipelines.agent.job_room import JobRoom
from simulator.azure_devops.pipelines.results import Result
from simulator.azure_devops.pipelines.run_logs import LogWriter
from simulator.azure_devops.pipelines.timeline import result_of
from simulator.kernel.errors import NotSimulated
from simulator.runtime.job_containers.containers import JobContainers
from simulator.runtime.job_containers.values import ContainerFailed, Opened

INITIALIZE, STOP = "Initialize containers", "Stop Containers"
_CLOSED = "mapDockerSocket is false, as it is by default: the containers do not reach the Docker engine."


async def initialize_containers(job: JobRoom) -> Result:
    """Open the containers of the job, once; Succeeded where it needs none."""
    if not uses_containers(job.setup.job):
        return Result.SUCCEEDED
    timeline, record = job.context.timeline, _record(job, INITIALIZE, 2)
    if timeline.get(record)["state"] == "completed":
        return result_of(timeline.get(record))
    result = Result.SUCCEEDED
    with job.context.logs.open(timeline, record) as log:
        timeline.start(record)
        timeline.update(record, issues=[], errorCount=0, warningCount=0)
        log.line(f"##[section]Starting: {INITIALIZE}")
        log.line(_CLOSED)
        try:
            opened = await _containers(job).open(wanted(job), lambda text: _say(job, log, text))
            _tell_variables(job, opened)
        except (ContainerFailed, NotSimulated, ExpressionFailure) as failed:
            _say(job, log, f"##[error]{failed}")
            timeline.add_issue(record, "error", job.masker.mask(str(failed)))
            if isinstance(failed, NotSimulated):
                detail: dict[str, object] = {"cloud": "azure_devops", "remedy": failed.remedy}
                job.kernel.log.record("NotSimulated", failed.what, detail)
            result = Result.FAILED
        log.line(f"##[section]Finishing: {INITIALIZE}")
    with job.kernel.store.transaction():
        job.save()
        timeline.finish(record, result)
    return result


async def stop_containers(job: JobRoom) -> None:
    """Remove the containers of the job, and their network."""
    if not uses_containers(job.setup.job):
        return
    timeline, record = job.context.timeline, _record(job, STOP, last_order(job))
    if timeline.get(record)["state"] == "completed":
        return
    with job.context.logs.open(timeline, record) as log:
        timeline.start(record)
        log.line(f"##[section]Starting: {STOP}")
        await _containers(job).close(set_name(job), lambda text: _say(job, log, text))
        log.line(f"##[section]Finishing: {STOP}")
    timeline.finish(record, Result.SUCCEEDED)


def _containers(job: JobRoom) -> JobContainers:
    containers = job.context.room.containers
    assert containers is not None, "a run with containers is refused where there are none"
    return containers


def _record(job: JobRoom, name: str, order: int) -> str:
    timeline, parent = job.context.timeline, job.setup.record
    record = timeline.record_id(parent, name)
    timeline.add(record, "Task", name, parent, order, refName=name, identifier=name)
    return record


def _say(job: JobRoom, log: LogWriter, text: str) -> None:
    log.line(job.masker.mask(text))


def _tell_variables(job: JobRoom, opened: Opened) -> None:
    mapping = {name: {"id": identifier} for name, identifier in opened.ids.items()}
    made = {"Agent.ContainerMapping": json.dumps(mapping, indent=2), "Agent.ContainerNetwork": opened.network}
    own = job.setup.job.container
    if own is not None:
        made["Agent.ContainerId"] = next(iter(opened.ids.values()))
    for name in job.setup.job.services:
        ports = opened.ports.get(name, {})
        made |= {f"Agent.Services.{name}.Ports.{inside}": str(outside) for outside, inside in ports.items()}
    for name, value in made.items():
        job.state.set(SetVariable(name, value), "", ())
