"""The machine of a job: an idle work within which the programs of its steps run, and which ends what they have left.

What a step leaves in the background answers the next one; at the end of the job the agent ends it and says so. Source:
the agent's `JobExtension.FinalizeJob` (texts, `process.clean`); the task library's `toolrunner` (how long the output of
a step is read on when something in the background holds it, and what is said then).
"""

from __future__ import annotations

from simulator.azure_devops.pipelines.agent.containers_wanted import tasks_on_disk
from simulator.azure_devops.pipelines.agent.job_room import JobRoom
from simulator.kernel.facts import current_cause
from simulator.runtime.engine import Engine, WorkUnknown
from simulator.runtime.work import Patience, Work

IMAGE = "agent"
_END_SECONDS = 10.0
_EXIT_DELAY = "TASKLIB_TEST_TOOLRUNNER_EXITDELAY"
"""The task library's own variable of its delay, in milliseconds."""
_EXIT_DELAY_MILLISECONDS = 10_000


def machine_name(job: JobRoom) -> str:
    """The name of the work that is the job's machine."""
    return f"azure-devops-{job.context.run}-{job.setup.record}-machine"


async def start_on(job: JobRoom, machine: Work, work: Work) -> bool:
    """Start `work` within the job's machine, which is made where it is not there; whether one had ended before."""
    engine: Engine = job.context.room.engine
    if machine.name not in await engine.known():
        await engine.start(machine)
    try:
        await engine.start(work)
    except WorkUnknown:  # somebody has ended it: the host was started anew, or it had no memory left
        await engine.remove(machine.name)
        await engine.start(machine)
        await engine.start(work)
        return True
    return False


def machine_of(job: JobRoom, work: Work) -> Work:
    """The machine that has what every step of the job has, as `work` has it."""
    return Work(
        name=machine_name(job),
        image=IMAGE,
        command=(),
        idle=True,
        mounts=(*job.files.mounts(), *tasks_on_disk(job, "")),
        cause=current_cause(),
        hostname=work.hostname,
        writable_venv=work.writable_venv,
        ends=work.ends,
    )


def patience_of(command: tuple[str, ...], environment: dict[str, str]) -> Patience:
    """How long the output of a step is read on after its command has ended."""
    given = environment.get(_EXIT_DELAY, "")
    seconds = int(given if given.isdecimal() else _EXIT_DELAY_MILLISECONDS) / 1000
    tool = f"/usr/bin/{command[1]}" if command[0] == "/usr/bin/env" else command[0]
    return Patience(
        seconds,
        f"The STDIO streams did not close within {seconds:g} seconds of the exit event from process '{tool}'."
        " This may indicate a child process inherited the STDIO streams and has not yet exited.",
    )


async def end_machine(job: JobRoom) -> list[str]:
    """End the machine and all that runs on it: the agent's lines about what steps had left. May be asked again."""
    engine, name = job.context.room.engine, machine_name(job)
    if name not in await engine.known():
        return []
    await engine.stop(name, _END_SECONDS)
    left = [line.partition(" ") async for line in engine.lines(name)]
    return [f"Terminate orphan process: pid ({number}) ({program})" for number, _, program in left]


async def forget_machine(job: JobRoom) -> None:
    """What it said is in the log now."""
    await job.context.room.engine.remove(machine_name(job))


def tracks_processes(job: JobRoom) -> bool:
    """Whether the agent is to speak of orphan processes: not with the variable process.clean set to false."""
    variable = next((v for v in reversed(job.setup.variables) if v.name.lower() == "process.clean"), None)
    return variable is None or variable.value.lower() != "false"
