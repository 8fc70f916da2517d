"""Make in_box.json from a checkout of microsoft/azure-pipelines-tasks: what the task.json of each task says."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_AGENTLESS = {"Server", "ServerGate"}


def main(checkout: str, target: str) -> None:
    """Write one line a task, sorted by name and major version."""
    rows = sorted(_tasks(Path(checkout)), key=lambda row: (row["name"].lower(), row["version"]))
    lines = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
    Path(target).write_text(f"[\n{lines}\n]\n")


def _tasks(checkout: Path) -> Iterator[dict[str, Any]]:
    for path in checkout.glob("Tasks/*/task.json"):
        yield task_row(json.loads(path.read_text(encoding="utf-8-sig")))


def task_row(said: dict[str, Any]) -> dict[str, Any]:
    """The members of a task.json that the simulator reads; what is empty is left out."""
    version = said["version"]
    row = {
        "name": said["name"],
        "version": int(version["Major"]),
        "release": f"{version['Minor']}.{version['Patch']}",
        "id": said["id"].lower(),
        "display_name": said.get("friendlyName", ""),
        "description": said.get("description", ""),
        "author": said.get("author", ""),
        "help": said.get("helpUrl") or said.get("helpMarkDown", ""),
        "server": bool(said.get("runsOn")) and set(said["runsOn"]) <= _AGENTLESS,
        **_restrictions(said),
        "inputs": [_input(each) for each in said.get("inputs", ())],
    }
    return {
        key: value
        for key, value in row.items()
        if value or key == "version" or (key == "settable" and value is not None)
    }


def _input(said: dict[str, Any]) -> dict[str, Any]:
    kind, _, connection = said["type"].partition(":")
    editable = str(said.get("properties", {}).get("EditableOptions", "")).lower() == "true"
    options = [*said.get("options", {})] if kind.lower() in ("picklist", "radio") and not editable else []
    default = said.get("defaultValue")
    row = {
        "name": said["name"],
        "required": str(said.get("required", "")).lower() == "true",
        "default": str(default).lower() if isinstance(default, bool) else str(default or ""),
        "options": ["true", "false"] if kind == "boolean" else options,
        "visible": said.get("visibleRule") or "",
        "aliases": [alias for alias in said.get("aliases", ()) if alias != said["name"]],
        "connection": connection if kind == "connectedService" else "",
        "secure_file": kind == "secureFile",
    }
    return {key: value for key, value in row.items() if value}


def _restrictions(said: dict[str, Any]) -> dict[str, Any]:
    rules = said.get("restrictions", {})
    commands, variables = rules.get("commands", {}), rules.get("settableVariables", {})
    return {
        "restricted": commands.get("mode") == "restricted",
        "settable": list(variables["allowed"]) if "allowed" in variables else None,
    }


if __name__ == "__main__":
    main(*sys.argv[1:3])
