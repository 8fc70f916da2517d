"""AWSShellScript@1 and AWSCLI@1 of a step in a container: the agent signs in, the container runs the script.

The real task signs in where the script runs, by the node that the agent brings into the container. Here it signs in
beside it, with the keys and the region of the container's own environment, and the program is handed over in a file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from simulator.azure_devops.pipelines.agent import predefined
from simulator.azure_devops.pipelines.agent.attempt import Program
from simulator.azure_devops.pipelines.agent.job_files import PROGRAMS
from simulator.azure_devops.pipelines.tasks.call import TaskCall, TaskFailed
from simulator.azure_devops.pipelines.tasks.programs.aws.handover import HANDOVER

_LOOK = """
for name in bash aws; do printf '%s\\0' "INSIDE_${name^^}=$(command -v "$name")"; done >"$1"
for name in AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_REGION; do
  printf '%s\\0' "$name=${!name}"
done >>"$1"
"""
_IN_DIRECTORY = 'mkdir -p "$0" && cd "$0" && exec "$@"'
_LOST = (
    "echo '##[error]The simulator was stopped between signing in and the script: run the job again.'; exit 1"
)


async def run_inside(
    call: TaskCall, task: str, sign_in: tuple[str, ...], environment: Mapping[str, str]
) -> int:
    """Sign in by a program on the agent, then run what it hands over in the container; the exit code."""
    files = [f"{predefined.TEMPORARY}/aws_{call.attempt.record}.{kind}" for kind in ("seen", "handed")]
    seen, handed = (call.job.files.outside(each) for each in files)
    try:
        await call.run(Program(("bash", "-c", _LOOK, "bash", call.seen(files[0])), portable=True))
        there = seen.read_text().split("\0") if seen.exists() else []
        around = dict(each.split("=", 1) for each in there if each)
        if code := await call.run(
            Program(sign_in, {**environment, **around, HANDOVER: files[1]}, beside=True)
        ):
            return code
        given = json.loads(handed.read_text()) if handed.exists() else _lost()
    finally:
        for each in (seen, handed):  # both hold keys
            each.unlink(missing_ok=True)
    return await _run(call, task, given)


def _lost() -> dict[str, Any]:
    """After a restart that found the program running or ended it is followed, not started: by then the file is gone."""
    command = ["bash", "-c", _LOST]
    return {"command": command, "environment": {}, "fail_on_stderr": False, "directory": None}


async def _run(call: TaskCall, task: str, given: Mapping[str, Any]) -> int:
    """The program in the container, ended with the words of the task library."""
    name, command = given["command"][0], tuple(given["command"])
    if given["fail_on_stderr"]:
        text = (
            f"Error: The process '{name}' failed because one or more lines were written to the STDERR stream"
        )
        command = ("bash", f"{PROGRAMS}/fail_on_stderr.sh", text, *command)
    if given["directory"]:
        command = ("bash", "-c", _IN_DIRECTORY, given["directory"], *command)
    code = await call.run(Program(command, given["environment"], portable=True))
    if code and not given["fail_on_stderr"]:
        raise TaskFailed(f"Error: The process '{name}' failed with exit code {code}")
    if task == "AWSCLI" and not code:
        call.attempt.line(f"##vso[task.complete result=Succeeded;]{name} exited with return code: 0")
    return code
