"""The tasks of the AWS toolkit, read from the table of facts that regenerate_aws_tasks.py makes.

Source: task.json of aws/aws-toolkit-azure-devops (v1.23.0); `shared/reference/azure-devops.md` appendix G.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from simulator.azure_devops.task_definitions.definition import Task, TaskInput, flag

_CONNECTION = "connectedService:"


def input_names(task: str) -> tuple[str, ...]:
    """The inputs of a task of the toolkit."""
    return tuple(each["name"] for each in _inputs(task))


def path_inputs(task: str) -> tuple[str, ...]:
    """The inputs of a task of the toolkit that are paths: the agent makes them absolute."""
    return tuple(each["name"] for each in _inputs(task) if each["type"] == "filePath")


def error_prefix(task: Task) -> str:
    """What the tasks of the toolkit put before an error of their own: they end with it as JavaScript shows it."""
    return "Error: " if task in tasks() else ""


def _inputs(task: str) -> list[dict[str, Any]]:
    return next(list(each["inputs"]) for each in _table()["tasks"] if each["name"] == task)


def _task(given: Mapping[str, Any]) -> Task:
    return Task(
        given["name"],
        1,
        given["id"],
        tuple(_input(each) for each in given["inputs"]),
        given["displayName"],
        description=given["description"],
        author=given["author"],
        release=_table()["release"],
    )


def _input(given: Mapping[str, Any]) -> TaskInput:
    name, kind = given["name"], given["type"]
    required, default = bool(given.get("required")), given.get("default", "")
    if kind == "boolean":
        return flag(name, default.lower(), visible=given.get("visible", ""), required=required)
    return TaskInput(
        name,
        required=required,
        default=default,
        options=tuple(given.get("options", ())),
        visible=given.get("visible", ""),
        connection=kind.removeprefix(_CONNECTION) if kind.startswith(_CONNECTION) else "",
    )


@cache
def tasks() -> tuple[Task, ...]:
    """The 22 of them."""
    return tuple(_task(each) for each in _table()["tasks"])


@cache
def _table() -> dict[str, Any]:
    file = Path(__file__).parent.parent / "data" / "aws_toolkit_tasks.json"
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found
