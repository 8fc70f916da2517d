"""The row that a task.json makes: the members that the simulator reads, the rest left out.

Source: Learn "Add a custom pipelines task extension"; the schema `tasks.schema.json` of azure-pipelines-task-lib.
"""

from __future__ import annotations

from typing import Any

_AGENTLESS = {"Server", "ServerGate"}
_PARTS = ("prejobexecution", "execution", "postjobexecution")


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
        "outputs": [each["name"] for each in said.get("outputVariables", ())],
        "parts": _parts(said),
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
        "path": kind == "filePath",
        "several": str(said.get("properties", {}).get("MultiSelectFlatList", "")).lower() == "true"
        and kind == "connectedService",
    }
    return {key: value for key, value in row.items() if value}


def _restrictions(said: dict[str, Any]) -> dict[str, Any]:
    rules = said.get("restrictions", {})
    commands, variables = rules.get("commands", {}), rules.get("settableVariables", {})
    return {
        "restricted": commands.get("mode") == "restricted",
        "settable": list(variables["allowed"]) if "allowed" in variables else None,
    }


def _parts(said: dict[str, Any]) -> list[str]:
    """What there is of the task; nothing is said of one that is a step and no more."""
    there = [part for part in _PARTS if said.get(part)]
    return [] if there == ["execution"] else there
