"""The in-box tasks of the service, read from in_box.json (regenerate.py makes it from their task.json)."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from simulator.azure_devops.task_definitions.definition import EXECUTION, Task, TaskInput

_KEYWORDS = {
    ("CmdLine", 2): "script",
    ("Bash", 3): "bash",
    ("PowerShell", 2): "powershell",
    ("PublishPipelineArtifact", 1): "publish",
}


def task_of(row: dict[str, Any]) -> Task:
    """The task of one row."""
    known = {name: row[name] for name in _TEXTS if name in row}
    inputs = tuple(_input(each) for each in row.get("inputs", ()))
    settable = tuple(row["settable"]) if "settable" in row else None
    return Task(
        row["name"],
        row["version"],
        row["id"],
        inputs,
        keyword=_KEYWORDS.get((row["name"], row["version"]), ""),
        server=row.get("server", False),
        restricted=row.get("restricted", False),
        settable=settable,
        outputs=tuple(row.get("outputs", ())),
        parts=tuple(row.get("parts", (EXECUTION,))),
        **known,
    )


_TEXTS = ("display_name", "description", "author", "help", "release")


def _input(row: dict[str, Any]) -> TaskInput:
    return TaskInput(
        row["name"],
        row.get("required", False),
        row.get("default", ""),
        tuple(row.get("options", ())),
        row.get("visible", ""),
        tuple(row.get("aliases", ())),
        row.get("connection", ""),
        row.get("secure_file", False),
        row.get("path", False),
        row.get("several", False),
    )


@cache
def tasks() -> tuple[Task, ...]:
    """All of them; read when a pipeline or a client first asks, for it takes a tenth of a start."""
    rows = json.loads((Path(__file__).parent / "in_box.json").read_text(encoding="utf-8"))
    return tuple(task_of(row) for row in rows)
