"""What a task is: its name, major version, id and inputs, as its task.json has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulator.azure_devops.task_definitions import visible_rules

EXECUTION = "execution"
BEFORE, AFTER = "prejobexecution", "postjobexecution"
PARTS = (BEFORE, EXECUTION, AFTER)
"""The parts of a task.json that an agent carries out, in their order in a job."""
_FLAG = ("true", "false")


@dataclass(frozen=True)
class TaskInput:
    """One input. `visible` is the rule that says when it applies; `connection` is the type of service connection that
    it names; `secure_file` that it names a secure file; `path` that the agent makes it absolute;
    `several` that it names connections, separated by commas."""

    name: str
    required: bool = False
    default: str = ""
    options: tuple[str, ...] = ()
    visible: str = ""
    aliases: tuple[str, ...] = ()
    connection: str = ""
    secure_file: bool = False
    path: bool = False
    several: bool = False


@dataclass(frozen=True)
class Program:
    """What carries out one part of a task that the user has on disk: the kind of its handler, its script."""

    handler: str
    target: str


@dataclass(frozen=True)
class OnDisk:
    """Where a task of the user's is: its folder, its task.json as it is there, its programs by part.

    A part is `prejobexecution`, `execution` or `postjobexecution`; None where it has no handler that an agent on Linux
    knows.
    """

    folder: Path
    said: Mapping[str, Any]
    programs: Mapping[str, Program | None]


@dataclass(frozen=True)
class Task:
    """A task by name and major version.

    `keyword`: the step keyword it serves. Without `named` the service knows it by its id only, and the name is ours.
    `description`, `author` and `help` (a link or a text) are shown at the head of the step's log; `release` is the
    minor and patch version. `server` tasks run in agentless jobs (`pool: server`) only. `restricted` tasks may use few
    logging commands, and where `settable` is given only set variables of these names. `outputs` are the variables that
    are outputs of the step whenever they are set. `parts` are what an agent carries out of it: before the steps of the
    job, as a step, after all steps. `on_disk` is what there is of a task of the user's.
    """

    name: str
    version: int
    id: str
    inputs: tuple[TaskInput, ...]
    display_name: str = ""
    keyword: str = ""
    named: bool = True
    description: str = ""
    author: str = "Microsoft Corporation"
    help: str = ""
    release: str = "0.0"
    server: bool = False
    restricted: bool = False
    settable: tuple[str, ...] | None = None
    outputs: tuple[str, ...] = ()
    parts: tuple[str, ...] = (EXECUTION,)
    on_disk: OnDisk | None = field(default=None, compare=False)

    @property
    def full_version(self) -> str:
        """Major, minor and patch version."""
        return f"{self.version}.{self.release}"

    @property
    def reference(self) -> str:
        """As a step writes it."""
        return f"{self.name}@{self.version}"


def connection_names(each: TaskInput, value: str) -> list[str]:
    """The service connections that the value of an input names."""
    named = value.split(",") if each.several else [value]
    return [name.strip() for name in named if name.strip()]


def canonical_inputs(task: Task, inputs: Mapping[str, str]) -> dict[str, str]:
    """The inputs under their own names (aliases and case resolved), defaults filled in."""
    names = {alias.lower(): each.name for each in task.inputs for alias in (each.name, *each.aliases)}
    given = {names.get(name.lower(), name): value for name, value in inputs.items()}
    defaults = {each.name: each.default for each in task.inputs if each.default}
    return {**defaults, **given}


def applies(each: TaskInput, given: Mapping[str, str]) -> bool:
    """Whether an input means anything beside the others, `given` by their own names."""
    return visible_rules.holds(each.visible, {name.lower(): value for name, value in given.items()})


def missing_inputs(task: Task, given: Mapping[str, str]) -> tuple[TaskInput, ...]:
    """The required inputs that are not `given`: a task that is run so says `Input required: <name>` and fails."""
    return tuple(
        each
        for each in task.inputs
        if each.required and applies(each, given) and not given.get(each.name, "").strip()
    )


def flag(name: str, default: str = "false", visible: str = "", *, required: bool = False) -> TaskInput:
    """A boolean input."""
    return TaskInput(name, required, default, _FLAG, visible)
