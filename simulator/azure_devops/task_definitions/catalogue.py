"""The tasks a step may name: the in-box ones, the agent's own steps, those of the AWS toolkit, the user's on disk.

To add a task: an entry beside this file, its effect in pipelines/tasks/.
"""

from __future__ import annotations

from collections.abc import Iterable

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

_BUILT_IN: tuple[Task, ...] = (*in_box.TASKS, *agent_steps.TASKS, *aws.TASKS)


class Catalogue:
    """The tasks that steps may name."""

    def __init__(self, tasks: Iterable[Task]) -> None:
        self.tasks = tuple(tasks)
        self._by_name = {
            (task.name.lower(), task.version): task for task in reversed(self.tasks) if task.named
        }
        self._by_id = {(task.id, task.version): task for task in reversed(self.tasks)}

    def find(self, name: str, version: int) -> Task | None:
        """The task by name (case does not matter), by `publisher.extension.contribution.name`, or by id."""
        wanted = (name.rpartition(".")[2].lower(), version)
        return self._by_name.get(wanted) or self._by_id.get(wanted)

    def with_own(self, own: Iterable[Task]) -> Catalogue:
        """These and the user's, which take the place of those with the same id or name, and major version."""
        added = tuple(own)
        names = {(task.name.lower(), task.version) for task in added}
        ids = {(task.id, task.version) for task in added}
        kept = (
            task
            for task in self.tasks
            if (task.name.lower(), task.version) not in names and (task.id, task.version) not in ids
        )
        return Catalogue((*kept, *added))


BUILT_IN = Catalogue(_BUILT_IN)


def keyword_task(keyword: str) -> Task:
    """The task behind a step keyword: `script`, `bash`, `powershell`, `checkout`, `download` or `publish`."""
    return next(task for task in _BUILT_IN if task.keyword == keyword)
