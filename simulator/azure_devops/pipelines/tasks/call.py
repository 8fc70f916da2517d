"""A call of a task: its inputs and environment expanded, and the agent's hands."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

from simulator.azure_devops.pipelines.agent.attempt import Attempt, Program
from simulator.azure_devops.pipelines.agent.container_paths import is_shared, to_container
from simulator.azure_devops.pipelines.agent.job_room import JobRoom


class TaskFailed(Exception):
    """The task cannot do its work; the text is the error of the step."""


@dataclass(frozen=True)
class TaskCall:
    """One attempt of a task: `inputs` under their own names with defaults, `env` as the step gives it, all expanded.

    `values` are the variables.
    """

    attempt: Attempt
    inputs: Mapping[str, str]
    env: Mapping[str, str]
    values: Mapping[str, str]

    @property
    def job(self) -> JobRoom:
        """The job that the step belongs to."""
        return self.attempt.job

    def input(self, name: str) -> str:
        """An input's text, "" where it is not given."""
        return self.inputs.get(name, "").strip("\n")

    def flag(self, name: str) -> bool:
        """A boolean input."""
        return self.input(name).strip().lower() == "true"

    def value(self, name: str) -> str:
        """A variable's value, whatever its case; "" where there is none."""
        wanted = name.lower()
        return next((text for key, text in self.values.items() if key.lower() == wanted), "")

    def seen(self, path: str) -> str:
        """A path of the agent as the step sees it, which may be in a container."""
        return to_container(path) if self.attempt.container else path

    def own_to_container(self, paths: Iterable[str]) -> list[str]:
        """Of inputs that are paths or patterns, a line each, those that only the step's container has."""
        lines = (line.strip().lstrip("!") for text in paths for line in text.split("\n"))
        return [line for line in lines if self.attempt.container and line[:1] == "/" and not is_shared(line)]

    async def run(self, program: Program) -> int:
        """Run a program in the job's room; its exit code."""
        return await self.attempt.run(program, self.env)


TaskEffect = Callable[[TaskCall], Awaitable[int | None]]
"""Carries out a task: the exit code of its program, or None when it needed none."""
