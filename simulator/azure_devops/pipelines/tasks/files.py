"""CopyFiles@2, DeleteFiles@1, ArchiveFiles@2, ExtractFiles@1: programs in the job's room.

In a job with a container they work on the agent, on the files that it shares with the container. Where an input names a
place that only the container has, they run inside, by the image's own Python; the real agent's tasks are run there by
the node that it brings, so an image without Python is refused here, not there.
"""

from __future__ import annotations

from simulator.azure_devops.pipelines.agent.attempt import Program
from simulator.azure_devops.pipelines.agent.job_files import PROGRAMS
from simulator.azure_devops.pipelines.tasks.call import TaskCall, TaskEffect
from simulator.kernel.errors import NotSimulated

_NEW_ENOUGH = "python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))' >/dev/null 2>&1"


def program(name: str) -> TaskEffect:
    """The effect of a task that is a program of `programs/` with nothing but its inputs."""

    async def run(call: TaskCall) -> int:
        inputs = {f"INPUT_{key.upper()}": text for key, text in call.inputs.items()}
        command = ("python3", "-B", f"{PROGRAMS}/{name}")
        elsewhere = call.own_to_container(call.inputs.values())
        if not elsewhere:
            return await call.run(Program(command, inputs, beside=True))
        if await call.run(Program(("bash", "-c", _NEW_ENOUGH), portable=True)):
            step = call.attempt.step
            raise NotSimulated(
                f"the task {step.task}@{step.version} on {elsewhere[0]} of a container without Python 3.9",
                "Work on files of the job, such as $(Pipeline.Workspace)/data, or use bash in the step.",
            )
        return await call.run(Program(command, inputs, portable=True))

    return run


EFFECTS: dict[tuple[str, int], TaskEffect] = {
    ("CopyFiles", 2): program("copy_files.py"),
    ("DeleteFiles", 1): program("delete_files.py"),
    ("ArchiveFiles", 2): program("archive_files.py"),
    ("ExtractFiles", 1): program("extract_files.py"),
}
