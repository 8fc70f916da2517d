"""A program that a task would run, handed over in a file: the task is on the agent, the program in a container."""

import json
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

HANDOVER = "SIMULATOR_HANDOVER"
"""Names the file; INSIDE_<NAME> says then where the container has a program."""


def is_handed_over() -> bool:
    """Whether somebody takes the program over."""
    return HANDOVER in os.environ


def located(name: str) -> str:
    """Where the program is that the task will run, "" where it is not."""
    return os.environ.get(f"INSIDE_{name.upper()}", "") if is_handed_over() else shutil.which(name) or ""


def make_directory(path: str) -> None:
    """A directory for the program to work in; who takes the program over makes it."""
    if not is_handed_over():
        Path(path).mkdir(parents=True, exist_ok=True)


def hand_over(
    command: list[str], environment: Mapping[str, str], fail_on_stderr: bool, directory: str | None
) -> NoReturn:
    """End the task here; of its environment goes on what it has changed, and those of its inputs that are left."""
    changed = {
        name: value
        for name, value in environment.items()
        if name.startswith("INPUT_") or os.environ.get(name) != value
    }
    file = Path(os.environ[HANDOVER])
    file.touch(mode=0o600)
    given = {
        "command": command,
        "environment": changed,
        "fail_on_stderr": fail_on_stderr,
        "directory": directory,
    }
    file.write_text(json.dumps(given))
    sys.exit(0)
