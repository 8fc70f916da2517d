"""CmdLine@2 and Bash@3: a script in a file of the agent's temporary directory, run by bash."""

from __future__ import annotations

import shlex

from simulator.azure_devops.pipelines.agent.attempt import Program
from simulator.azure_devops.pipelines.agent.job_files import PROGRAMS, OutsideOfJob
from simulator.azure_devops.pipelines.tasks.call import TaskCall, TaskEffect, TaskFailed

_OUTPUT = "========================== Starting Command Output ==========================="
_STDERR = "Bash wrote one or more lines to the standard error stream."
_BASH = ("/usr/bin/env", "bash", "--noprofile", "--norc")


async def command_line(call: TaskCall) -> int:
    """CmdLine@2."""
    return await _run(call, call.input("script"), call.flag("failOnStderr"))


async def bash(call: TaskCall) -> int:
    """Bash@3: an inline script, or a file of the repository with arguments."""
    if call.input("targetType").lower() == "inline":
        return await _run(call, call.input("script"), call.flag("failOnStderr"))
    path = call.input("filePath")
    path = path if path.startswith("/") else f"{call.seen(call.job.directory)}/{path}"
    check_exists(call, path, "filePath")
    script = f". {shlex.quote(path)} {call.input('arguments')}"
    return await _run(call, script, call.flag("failOnStderr"))


async def shell_script(call: TaskCall) -> int:
    """ShellScript@2: a file of the repository, run by bash with arguments, in its own folder by default."""
    path = call.input("scriptPath")
    path = path if path.startswith("/") else f"{call.seen(call.job.directory)}/{path}"
    check_exists(call, path, "scriptPath")
    own_folder = path.rpartition("/")[0]
    given = call.input("cwd") if call.flag("disableAutoCwd") else own_folder
    directory = working_directory(call, given)
    call.attempt.say(f"[command]/usr/bin/bash {path} {call.input('args')}".rstrip())
    script = f"exec bash {shlex.quote(path)} {call.input('args')}"
    runner = call.seen(call.job.files.write_temporary(f"{call.attempt.record}.sh", f"{script}\n"))
    return await _ended(call, (*_BASH, runner), directory, call.flag("failOnStandardError"))


async def python_script(call: TaskCall) -> int:
    """PythonScript@0: a file of the repository or an inline script, run by `pythonInterpreter` or the first python."""
    if call.input("scriptSource").lower() == "filepath":
        path = call.input("scriptPath")
        path = path if path.startswith("/") else f"{call.seen(call.job.directory)}/{path}"
        check_exists(call, path, "scriptPath")
    else:
        path = call.seen(
            call.job.files.write_temporary(f"{call.attempt.record}.py", f"{call.input('script')}\n")
        )
    directory = working_directory(call, call.input("workingDirectory"))
    python = call.input("pythonInterpreter") or "python3"
    more = shlex.split(call.input("arguments"))
    call.attempt.say(f"[command]{python} {path} {call.input('arguments')}".rstrip())
    return await _ended(call, (python, path, *more), directory, call.flag("failOnStderr"), python)


async def _ended(
    call: TaskCall,
    command: tuple[str, ...],
    directory: str,
    fail_on_stderr: bool,
    name: str = "/usr/bin/bash",
) -> int:
    code = await call.run(program(command, directory, fail_on_stderr))
    if code:
        call.attempt.error(f"The process '{name}' failed with exit code {code}")
    return code


async def _run(call: TaskCall, script: str, fail_on_stderr: bool) -> int:
    directory = working_directory(call, call.input("workingDirectory"))
    call.attempt.say("Generating script.")
    path = call.seen(call.job.files.write_temporary(f"{call.attempt.record}.sh", f"{script}\n"))
    call.attempt.say(_OUTPUT)
    call.attempt.say(f"[command]/usr/bin/bash --noprofile --norc {path}")
    command: tuple[str, ...] = (*_BASH, path)
    code = await call.run(program(command, directory, fail_on_stderr))
    if code:
        call.attempt.error(f"Bash exited with code '{code}'.")
    return code


def program(command: tuple[str, ...], directory: str, fail_on_stderr: bool) -> Program:
    """What a script is started by, on the agent or in the step's container."""
    if fail_on_stderr:
        command = ("bash", f"{PROGRAMS}/fail_on_stderr.sh", _STDERR, *command)
    return Program(command, working_directory=directory, portable=True)


def working_directory(call: TaskCall, given: str) -> str:
    """The directory that an input names, from where the job's steps work. Raises TaskFailed when it is not there."""
    sources = call.seen(call.job.directory)
    path = given.strip() or sources
    path = path if path.startswith("/") else f"{sources}/{path}"
    check_exists(call, path, "workingDirectory")
    return path


def check_exists(call: TaskCall, path: str, what: str, prefix: str = "") -> None:
    """Fail as the task library does when a file of the job is not there; what lies outside, the work itself sees."""
    try:
        found = call.job.files.outside(path)
    except OutsideOfJob:
        return
    if not found.exists():
        raise TaskFailed(f"{prefix}Not found {what}: {path}")


EFFECTS: dict[tuple[str, int], TaskEffect] = {
    ("CmdLine", 2): command_line,
    ("Bash", 3): bash,
    ("ShellScript", 2): shell_script,
    ("PythonScript", 0): python_script,
}
