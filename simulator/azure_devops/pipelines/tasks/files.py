"""CopyFiles@2, DeleteFiles@1, ArchiveFiles@2, ExtractFiles@1: programs in the job's room."""

from __future__ import annotations

from simulator.azure_devops.pipelines.agent.attempt import Program
from simulator.azure_devops.pipelines.agent.job_files import PROGRAMS
from simulator.azure_devops.pipelines.tasks.call import TaskCall, TaskEffect


def program(name: str) -> TaskEffect:
    """The effect of a task that is a program of `programs/` with nothing but its inputs."""

    async def run(call: TaskCall) -> int:
        inputs = {f"INPUT_{key.upper()}": text for key, text in call.inputs.items()}
        return await call.run(Program(("python3", f"{PROGRAMS}/{name}"), inputs))

    return run


EFFECTS: dict[tuple[str, int], TaskEffect] = {
    ("CopyFiles", 2): program("copy_files.py"),
    ("DeleteFiles", 1): program("delete_files.py"),
    ("ArchiveFiles", 2): program("archive_files.py"),
    ("ExtractFiles", 1): program("extract_files.py"),
}
