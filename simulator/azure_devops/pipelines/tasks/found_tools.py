"""The pythons and nodes that the container of a step has, and which of them a version specification takes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from simulator.azure_devops.pipelines.agent import predefined
from simulator.azure_devops.pipelines.agent.attempt import Program
from simulator.azure_devops.pipelines.agent.job_files import PROGRAMS
from simulator.azure_devops.pipelines.tasks.call import TaskCall, TaskFailed
from simulator.azure_devops.pipelines.tasks.programs.use_python_version import fits


class Tool(NamedTuple):
    """A program of a container by its version."""

    version: str
    path: str


async def find_tools(call: TaskCall, kind: str) -> list[Tool]:
    """Every `python` or `node` of the step's container. Raises TaskFailed where looking for them fails."""
    file = f"{predefined.TEMPORARY}/{kind}_{call.attempt.record}.txt"
    command = ("bash", f"{PROGRAMS}/find_tools.sh", kind, call.seen(file))
    if await call.run(Program(command, portable=True)):
        raise TaskFailed(f"The container cannot be searched for a {kind}.")
    lines = call.job.files.outside(file).read_text().splitlines()
    return [Tool(*line.split("\t", 1)) for line in lines if "\t" in line]


def choose(tools: Iterable[Tool], specification: str) -> Tool | None:
    """The newest that the specification takes, None where it takes none; of the same version the first one found."""
    fitting = [each for each in tools if numbers(each.version) and fits(specification, _plain(each.version))]
    return max(fitting, key=lambda each: numbers(each.version), default=None)


def versions_of(tools: Iterable[Tool]) -> str:
    """The versions for a text, newest first."""
    found = {each.version for each in tools}
    return ", ".join(sorted(found, key=numbers, reverse=True))


def numbers(version: str) -> tuple[int, ...]:
    """The numbers of a version, to compare it by; a release candidate counts as its release."""
    return tuple(int(each) for each in _plain(version).split(".") if each)


def _plain(version: str) -> str:
    kept = ""
    for letter in version:
        if not (letter.isdecimal() or letter == "."):
            break
        kept += letter
    return kept.strip(".")
