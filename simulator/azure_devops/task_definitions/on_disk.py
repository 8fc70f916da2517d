"""The tasks that a user has on disk, read from their folders: task.json, and the scripts that node runs.

Source: Learn "Add a custom pipelines task extension"; the agent's `TaskManager` (which handler it prefers).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from simulator.azure_devops.task_definitions.definition import PARTS, OnDisk, Program, Task
from simulator.azure_devops.task_definitions.in_box import task_of
from simulator.azure_devops.task_definitions.task_json import task_row

NODES: Mapping[str, int] = {"node24": 24, "node20_1": 20, "node16": 16, "node10": 10, "node": 6}
"""The handlers that node carries out, by lower-case name in the agent's order, and the release that each asks for."""

_PLACES = ("task.json", "*/task.json", "*/*/task.json")


class TaskFolderInvalid(Exception):
    """A folder of tasks does not hold what an agent could run; the message names the file."""


def read_tasks(folder: Path) -> tuple[Task, ...]:
    """The tasks in a folder, or up to two folders below. Raises TaskFolderInvalid, naming the file."""
    files = sorted(file for place in _PLACES for file in folder.glob(place))
    tasks = [_read(file) for file in files if "node_modules" not in file.relative_to(folder).parts]
    if not tasks:
        raise TaskFolderInvalid(
            f"{folder} holds no task: there is no task.json in it or up to two folders below"
        )
    seen: dict[tuple[str, int], Task] = {}
    for task in tasks:
        other = seen.setdefault((task.id, task.version), task)
        if other is not task and task.on_disk and other.on_disk:
            raise TaskFolderInvalid(
                f"{task.on_disk.folder} and {other.on_disk.folder} both hold version {task.version} of task {task.id}"
            )
    return tuple(tasks)


def _read(file: Path) -> Task:
    try:
        said = json.loads(file.read_text(encoding="utf-8-sig"))
        task = task_of(task_row(said))
        folder = file.parent.resolve()
        return replace(task, on_disk=OnDisk(folder, said, dict(_programs(folder, said))))
    except KeyError as missing:
        raise TaskFolderInvalid(f"{file}: {missing.args[0]} is missing") from missing
    except (OSError, ValueError, TypeError, AttributeError) as wrong:
        raise TaskFolderInvalid(f"{file}: {wrong}") from wrong


def _programs(folder: Path, said: Mapping[str, Any]) -> Iterator[tuple[str, Program | None]]:
    """What carries out each part: of several handlers the agent takes the newest node."""
    if not any(said.get(part) for part in PARTS):
        raise ValueError("it has no execution, so there is nothing that an agent could carry out")
    for part in PARTS:
        handlers = {str(kind).lower(): (kind, handler) for kind, handler in (said.get(part) or {}).items()}
        if not handlers:
            continue
        chosen = next((handlers[kind] for kind in NODES if kind in handlers), None)
        if chosen is None:
            yield part, None
            continue
        target = str(chosen[1]["target"])
        if not (folder / target).is_file():
            raise ValueError(f"its {part} names {target}, which is not there: build the task first")
        yield part, Program(chosen[0], target)
