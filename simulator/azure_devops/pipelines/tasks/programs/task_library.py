"""What a task's program has of its agent: inputs, variables, log lines, logging commands, its end.

Source: azure-pipelines-task-lib (names, escapes of commands, texts of missing inputs).
"""

import os
import sys
from pathlib import Path
from typing import NoReturn


def say(text: str) -> None:
    """A line of the log."""
    print(text, flush=True)


def debug(text: str) -> None:
    """A line that only a run with System.Debug shows."""
    command("task.debug", text)


def warning(text: str) -> None:
    """A warning of the step."""
    command("task.issue type=warning;", text)


def error(text: str) -> None:
    """An error of the step, which goes on."""
    command("task.issue type=error;", text)


def secret(text: str) -> None:
    """A text that no log shows from here on."""
    if text:
        command("task.setsecret", text)


def fail(message: str) -> NoReturn:
    """End the task with an error of the step, which is told as an issue and again with the end."""
    command("task.issue type=error;source=TaskInternal;", message)
    command("task.complete result=Failed;", message)
    sys.exit(1)


def command(head: str, text: str) -> None:
    """A logging command."""
    told = text.replace("%", "%AZP25").replace("\r", "%0D").replace("\n", "%0A")
    print(f"##vso[{head}]{told}", flush=True)


def set_variable(name: str, value: str, *, hidden: bool = False) -> None:
    """A variable of the steps that follow; what is hidden is a secret."""
    if hidden:
        secret(value)
    command(f"task.setvariable variable={name};isOutput=false;issecret={str(hidden).lower()};", value)


def given(name: str) -> str:
    """An input of the step."""
    return os.environ.get(f"INPUT_{name.upper()}", "").strip()


def required(name: str) -> str:
    """An input that must be there."""
    return given(name) or fail(f"Error: Input required: {name}")


def flag(name: str) -> bool:
    """A boolean input."""
    return given(name).lower() == "true"


def lines(name: str) -> list[str]:
    """A multi-line input, one item a line, empty ones left out."""
    return [line for line in given(name).split("\n") if line.strip()]


def variable(name: str) -> str:
    """A variable of the job: those the agent exports, and the secret ones that the task is given."""
    key = name.upper().replace(".", "_").replace(" ", "_")
    return os.environ.get(f"VARIABLE_{key}") or os.environ.get(key, "")


def temporary() -> str:
    """The agent's temporary directory of the job."""
    return os.environ["AGENT_TEMPDIRECTORY"]


def existing_path(name: str) -> str:
    """An input that names a file or folder that is there."""
    path = required(name)
    if not Path(path).exists():
        fail(f"Error: Not found {name}: {path}")
    return path
