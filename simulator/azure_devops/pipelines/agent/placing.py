"""Where a program of a step runs: on the agent itself, as a work of the engine, or in a container of its job."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from simulator.azure_devops.pipelines.agent import container_paths, machine, predefined
from simulator.azure_devops.pipelines.agent.container_paths import to_container
from simulator.azure_devops.pipelines.agent.containers_wanted import set_name, uses_containers
from simulator.azure_devops.pipelines.agent.job_files import PROGRAMS
from simulator.azure_devops.pipelines.agent.macros import environment_of
from simulator.kernel.errors import NotSimulated
from simulator.kernel.facts import current_cause
from simulator.runtime.job_containers.values import Inside
from simulator.runtime.reach import SEARCH_PATH
from simulator.runtime.work import Exit, Work

if TYPE_CHECKING:
    from simulator.azure_devops.pipelines.agent.attempt import Attempt, Program

CAUSE_VARIABLE = "SIMULATOR_CAUSE"
# Ours: the real agent would be gone with its machine.
_ANEW = (
    "The job's machine had ended, and a new one goes on: what ran in the background, and the files outside of the"
    " agent's directories, are gone."
)


class Running(Protocol):
    """What follows programs that were started."""

    async def wait(self, name: str) -> Exit:
        """The exit, when it has ended."""

    async def stop(self, name: str, grace_seconds: float, interrupt_seconds: float = 0.0) -> None:
        """End it; returns when it has ended."""

    def lines(self, name: str) -> AsyncIterator[str]:
        """Every line from the first on."""

    async def remove(self, name: str) -> None:
        """Forget it."""


async def place(attempt: Attempt, name: str, program: Program, env: Mapping[str, str]) -> Running:
    """Start the program, or find the one that a restart left running; what follows it from now on.

    Raises NotSimulated where a task needs tools of the agent that a container does not have.
    """
    room = attempt.job.context.room
    if not attempt.container or not _belongs_inside(attempt, program):
        if name not in await room.engine.known():
            await _start(attempt, name, program, env)
        return room.engine
    assert room.containers is not None, "a run with containers is refused where there are none"
    programs = room.containers.programs
    if name not in await programs.known():
        await programs.start(_inside(attempt, name, program, env))
    return programs


def _belongs_inside(attempt: Attempt, program: Program) -> bool:
    if not (program.portable or program.beside):
        raise NotSimulated(
            f"the task {attempt.step.task}@{attempt.step.version} in a container",
            "Give the step target: host.",
        )
    return program.portable


def _environment(attempt: Attempt, program: Program, env: Mapping[str, str]) -> dict[str, str]:
    return {
        **env,
        **environment_of(attempt.variables),
        **predefined.of_step(attempt.record, attempt.step.name, attempt.step.display_name),
        **program.environment,
        CAUSE_VARIABLE: str(current_cause() or ""),
    }


async def _start(attempt: Attempt, name: str, program: Program, env: Mapping[str, str]) -> None:
    job, work = attempt.job, _work(attempt, name, program, env)
    if await machine.start_on(job, machine.machine_of(job, work), work):
        attempt.warning(_ANEW)


def _work(attempt: Attempt, name: str, program: Program, env: Mapping[str, str]) -> Work:
    environment = {"HOME": predefined.HOME, **_environment(attempt, program, env)}
    if paths := ":".join(attempt.job.state.paths):
        environment["PATH"] = f"{paths}:{environment.get('PATH', SEARCH_PATH)}"
    return Work(
        name=name,
        image=machine.IMAGE,
        command=program.command,
        environment=environment,
        mounts=(*attempt.job.files.mounts(), *program.mounts),
        working_directory=program.working_directory or attempt.job.directory,
        cause=current_cause(),
        hostname=attempt.job.hostname,
        writable_venv=attempt.job.files.venv,
        ends=_services(attempt),
        within=machine.machine_name(attempt.job),
        patience=machine.patience_of(program.command, environment),
    )


def _services(attempt: Attempt) -> Path | None:
    """Where the published ports of the job's containers are, for a step beside them."""
    containers = attempt.job.context.room.containers
    if containers is None or not uses_containers(attempt.job.setup.job):
        return None
    sockets = containers.service_sockets(set_name(attempt.job))
    return sockets if sockets.is_dir() else None


def _inside(attempt: Attempt, name: str, program: Program, env: Mapping[str, str]) -> Inside:
    command = tuple(_seen_inside(word) for word in program.command)
    if paths := ":".join(to_container(each) for each in attempt.job.state.paths):
        command = ("bash", "-c", 'PATH="$0:$PATH" exec "$@"', paths, *command)
    environment = _environment(attempt, program, env)
    return Inside(
        name,
        set_name(attempt.job),
        attempt.container,
        command,
        {key: to_container(text) for key, text in environment.items()},
        to_container(program.working_directory or attempt.job.directory),
    )


def _seen_inside(word: str) -> str:
    """A word of a command as a container has it: the programs of the built-in tasks are at a place of their own."""
    if word.startswith(f"{PROGRAMS}/"):
        return container_paths.PROGRAMS + word.removeprefix(PROGRAMS)
    return to_container(word)
