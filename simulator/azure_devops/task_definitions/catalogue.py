"""The tasks a step may name: the in-box ones, the agent's own steps, and those of the AWS toolkit.

To add a task: an entry beside this file, its effect in pipelines/tasks/.
"""

from __future__ import annotations

from simulator.azure_devops.task_definitions import agent_steps, aws, in_box
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

TASKS: tuple[Task, ...] = (*in_box.TASKS, *agent_steps.TASKS, *aws.TASKS)
_BY_NAME = {(task.name.lower(), task.version): task for task in reversed(TASKS) if task.named}
_BY_ID = {(task.id, task.version): task for task in reversed(TASKS)}


def find_task(name: str, version: int) -> Task | None:
    """The task by name (case does not matter), by `publisher.extension.contribution.name`, or by id."""
    wanted = (name.rpartition(".")[2].lower(), version)
    return _BY_NAME.get(wanted) or _BY_ID.get(wanted)


def keyword_task(keyword: str) -> Task:
    """The task behind a step keyword: `script`, `bash`, `powershell`, `checkout`, `download` or `publish`."""
    return next(task for task in TASKS if task.keyword == keyword)
