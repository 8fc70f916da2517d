"""What the agent does by itself around the steps of a job: `Initialize job`, `Post-job: Checkout`, `Finalize Job`.

Source: the agent's `JobExtension`; recorded logs, `shared/reference/azure-devops.md` 4.4.
"""

from __future__ import annotations

from collections.abc import Iterable

from simulator.azure_devops.language.plan import Step
from simulator.azure_devops.pipelines.agent import predefined
from simulator.azure_devops.pipelines.agent.checkouts import checkout_place
from simulator.azure_devops.pipelines.agent.job_room import JobRoom
from simulator.azure_devops.pipelines.agent.machine import end_machine, forget_machine, tracks_processes
from simulator.azure_devops.pipelines.agent.step_names import display_name
from simulator.azure_devops.pipelines.results import Result

INITIALIZE, FINALIZE = "Initialize job", "Finalize Job"


def initialize(job: JobRoom) -> None:
    """The record before the first step: who runs the job, and which tasks it needs."""
    tasks = {
        (task.name, task.full_version)
        for step in job.setup.steps
        if (task := job.tasks.find(step.task_id, step.version)) is not None and task.named
    }
    lines = [
        f"Agent name: '{job.agent_name}'",
        f"Agent machine name: '{job.computer}'",
        f"Current agent version: '{predefined.VERSION}'",
        "Agent running as: 'vsts'",
        "Prepare build directory.",
        "Set build variables.",
        "Download all required tasks.",
        *(f"Downloading task: {name} ({version})" for name, version in sorted(tasks)),
        "Checking job knob settings.",
        "Finished checking job knob settings.",
        *(["Start tracking orphan processes."] if tracks_processes(job) else []),
    ]
    _own_record(job, INITIALIZE, "JobExtension_Init", 1, lines)


async def finalize(job: JobRoom) -> None:
    """The records after the last step: credentials of checkouts are gone, nothing is left running."""
    ended = await end_machine(job)
    order = 3 * len(job.setup.steps) + 10  # of each step three parts at most
    for step in reversed(job.setup.steps):
        if step.keyword == "checkout" and step.condition != "false":
            name = f"Post-job: {checkout_name(job, step)}"
            repository = _repository(job, step)
            line = f"Cleaning any cached credential from repository: {repository} (Git)"
            _own_record(job, name, f"{name}_post", order, [line])
            order += 1
    lines = ["Start cleaning up orphan processes.", *ended] if tracks_processes(job) else []
    _own_record(job, FINALIZE, "JobExtension_Final", last_order(job) + 1, lines)
    await forget_machine(job)


def last_order(job: JobRoom) -> int:
    """A place in the timeline after every step and what follows it, but before `Finalize Job`."""
    return 2 * len(job.setup.steps) + 11


def checkout_name(job: JobRoom, step: Step) -> str:
    """How a checkout is called without a name of its own: `Checkout repository@branch to s`."""
    if step.display_name or step.inputs.get("repository") == "none":
        return display_name(job.tasks, step)
    source = job.context.row["repositories"].get(step.inputs.get("repository") or "self")
    if source is None:
        return display_name(job.tasks, step)
    name, branch = _repository(job, step), source["ref"].removeprefix("refs/heads/")
    return f"Checkout {name}@{branch} to {step.inputs.get('path') or checkout_place(job.setup.steps, name)}"


def _repository(job: JobRoom, step: Step) -> str:
    source = job.context.row["repositories"].get(step.inputs.get("repository") or "self")
    if source is None:
        return step.inputs.get("repository") or "self"
    return str(job.context.room.organization.repository(source["id"])["name"])


def _own_record(job: JobRoom, name: str, reference: str, order: int, lines: Iterable[str]) -> None:
    timeline, parent = job.context.timeline, job.setup.record
    record = timeline.record_id(parent, name)
    timeline.add(record, "Task", name, parent, order, refName=reference, identifier=reference)
    if timeline.get(record)["state"] == "completed":
        return
    with job.context.logs.open(timeline, record) as log:
        timeline.start(record)
        log.line(f"##[section]Starting: {name}")
        for line in lines:
            log.line(job.masker.mask(line))
        log.line(f"##[section]Finishing: {name}")
    timeline.finish(record, Result.SUCCEEDED)
