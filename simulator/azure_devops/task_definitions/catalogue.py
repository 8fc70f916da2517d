"""The tasks a step may name: one table of the families beside this file.

To add a task: one entry in its family, its effect in pipelines/tasks/.
"""

from __future__ import annotations

from simulator.azure_devops.task_definitions import artifacts, aws, shells, sources, test_results, tools
from simulator.azure_devops.task_definitions.definition import (
    Task,
    TaskInput,
    applies,
    canonical_inputs,
    missing_inputs,
)

__all__ = [
    "TASKS",
    "Task",
    "TaskInput",
    "applies",
    "canonical_inputs",
    "find_task",
    "keyword_task",
    "missing_inputs",
]

TASKS: tuple[Task, ...] = (
    *shells.TASKS,
    *sources.TASKS,
    *artifacts.TASKS,
    *test_results.TASKS,
    *tools.TASKS,
    *aws.TASKS,
)


def find_task(name: str, version: int) -> Task | None:
    """The task by name (case does not matter), by `publisher.extension.contribution.name`, or by id."""
    wanted = name.rpartition(".")[2].lower()
    fits = (task for task in TASKS if task.version == version)
    return next(
        (task for task in fits if wanted == task.id or (task.named and wanted == task.name.lower())), None
    )


def keyword_task(keyword: str) -> Task:
    """The task behind a step keyword: `script`, `bash`, `powershell`, `checkout`, `download` or `publish`."""
    return next(task for task in TASKS if task.keyword == keyword)
