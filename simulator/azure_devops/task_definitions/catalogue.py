"""The tasks a step may name: the in-box ones, the agent's own steps, those of the AWS toolkit, the user's on disk.

To add a task: an entry beside this file, its effect in pipelines/tasks/.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, cached_property

from simulator.azure_devops.task_definitions import agent_steps, aws, in_box
from simulator.azure_devops.task_definitions.definition import (
    Task,
    TaskInput,
    applies,
    canonical_inputs,
    missing_inputs,
)

__all__ = [
    "BUILT_IN",
    "Catalogue",
    "Task",
    "TaskInput",
    "applies",
    "canonical_inputs",
    "keyword_task",
    "missing_inputs",
]


class Catalogue:
    """The tasks that steps may name, read when the first is asked for."""

    def __init__(self, read: Callable[[], Iterable[Task]]) -> None:
        self._read = read

    @cached_property
    def tasks(self) -> tuple[Task, ...]:
        """All of them."""
        return tuple(self._read())

    @cached_property
    def _by_name(self) -> dict[tuple[str, int], Task]:
        return {(task.name.lower(), task.version): task for task in reversed(self.tasks) if task.named}

    @cached_property
    def _by_id(self) -> dict[tuple[str, int], Task]:
        return {(task.id, task.version): task for task in reversed(self.tasks)}

    def find(self, name: str, version: int) -> Task | None:
        """The task by name (case does not matter), by `publisher.extension.contribution.name`, or by id."""
        wanted = (name.rpartition(".")[2].lower(), version)
        return self._by_name.get(wanted) or self._by_id.get(wanted)

    def with_own(self, own: Iterable[Task]) -> Catalogue:
        """These and the user's, which take the place of those with the same id or name, and major version."""
        added = tuple(own)
        names = {(task.name.lower(), task.version) for task in added}
        ids = {(task.id, task.version) for task in added}

        def read() -> Iterable[Task]:
            for task in self.tasks:
                if (task.name.lower(), task.version) not in names and (task.id, task.version) not in ids:
                    yield task
            yield from added

        return Catalogue(read)


BUILT_IN = Catalogue(lambda: (*in_box.tasks(), *agent_steps.TASKS, *aws.tasks()))


@cache
def keyword_task(keyword: str) -> Task:
    """The task behind a step keyword: `script`, `bash`, `powershell`, `checkout`, `download` or `publish`."""
    return next(task for task in BUILT_IN.tasks if task.keyword == keyword)
