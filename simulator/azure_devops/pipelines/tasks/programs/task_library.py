"""What a program of an in-box task has of its agent: inputs, log lines, logging commands, its end.

Source: azure-pipelines-task-lib (names, escapes of commands, texts of missing inputs).
"""

import os
import sys
from typing import NoReturn


def say(text: str) -> None:
    """A line of the log."""
    print(text, flush=True)


def warning(text: str) -> None:
    """A warning of the step."""
    command("task.issue type=warning;", text)


def error(text: str) -> None:
    """An error of the step, which goes on."""
    command("task.issue type=error;", text)


def fail(message: str) -> NoReturn:
    """End the task with an error of the step."""
    error(message)
    command("task.complete result=Failed;", message)
    sys.exit(1)


def command(head: str, text: str) -> None:
    """A logging command."""
    told = text.replace("%", "%AZP25").replace("\r", "%0D").replace("\n", "%0A")
    print(f"##vso[{head}]{told}", flush=True)


def given(name: str) -> str:
    """An input of the step."""
    return os.environ.get(f"INPUT_{name.upper()}", "").strip()


def required(name: str) -> str:
    """An input that must be there."""
    return given(name) or fail(f"Input required: {name}")


def flag(name: str) -> bool:
    """A boolean input."""
    return given(name).lower() == "true"


def lines(name: str) -> list[str]:
    """A multi-line input, one item a line, empty ones left out."""
    return [line for line in given(name).split("\n") if line.strip()]
