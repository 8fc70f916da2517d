"""CmdLine@2 and Bash@3: a script in a file of the agent's temporary directory, run by bash."""

from __future__ import annotations

import shlex

from simulator.azure_devops.pipelines.agent import predefined
from simulator.azure_devops.pipelines.agent.attempt import Program
from simulator.azure_devops.pipelines.agent.job_files import PROGRAMS, OutsideOfJob
from simulator.azure_devops.pipelines.tasks.call import TaskCall, TaskEffect, TaskFailed

_OUTPUT = "========================== Starting Command Output ==========================="
_BASH = ("/usr/bin/env", "bash", "--noprofile", "--norc")


async def command_line(call: TaskCall) -> int:
    """CmdLine@2."""
    return await _run(call, call.input("script"), call.flag("failOnStderr"))


async def bash(call: TaskCall) -> int:
    """Bash@3: an inline script, or a file of the repository with arguments."""
    if call.input("targetType").lower() == "inline":
        return await _run(call, call.input("script"), call.flag("failOnStderr"))
    path = call.input("filePath")
    path = path if path.startswith("/") else f"{predefined.SOURCES}/{path}"
    check_exists(call, path, "filePath")
    script = f". {shlex.quote(path)} {call.input('arguments')}"
    return await _run(call, script, call.flag("failOnStderr"))


async def _run(call: TaskCall, script: str, fail_on_stderr: bool) -> int:
    directory = working_directory(call, call.input("workingDirectory"))
    call.attempt.say("Generating script.")
    path = call.job.files.write_temporary(f"{call.attempt.record}.sh", f"{script}\n")
    call.attempt.say(_OUTPUT)
    call.attempt.say(f"[command]/usr/bin/bash --noprofile --norc {path}")
    command: tuple[str, ...] = (*_BASH, path)
    if fail_on_stderr:
        command = ("python3", f"{PROGRAMS}/fail_on_stderr.py", *command)
    code = await call.run(Program(command, working_directory=directory))
    if code:
        call.attempt.error(f"Bash exited with code '{code}'.")
    return code


def working_directory(call: TaskCall, given: str) -> str:
    """The directory that an input names; relative ones start at the sources. Raises TaskFailed when it is not there."""
    path = given.strip() or predefined.SOURCES
    path = path if path.startswith("/") else f"{predefined.SOURCES}/{path}"
    check_exists(call, path, "workingDirectory")
    return path


def check_exists(call: TaskCall, path: str, what: str) -> None:
    """Fail as the task library does when a file of the job is not there; what lies outside, the work itself sees."""
    try:
        found = call.job.files.outside(path)
    except OutsideOfJob:
        return
    if not found.exists():
        raise TaskFailed(f"Not found {what}: {path}")


EFFECTS: dict[tuple[str, int], TaskEffect] = {
    ("CmdLine", 2): command_line,
    ("Bash", 3): bash,
}
