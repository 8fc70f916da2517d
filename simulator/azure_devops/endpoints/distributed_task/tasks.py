"""Task definitions as the service lists them, and the schema of the YAML that uses them.

What a definition says comes from the catalogue of tasks that compile here, of a task of the user's all of its
task.json; icons and packages are not among it.
"""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.endpoint import Call, collection, endpoint
from simulator.azure_devops.errors import failure
from simulator.azure_devops.organization import Row
from simulator.azure_devops.task_definitions.catalogue import Task, TaskInput
from simulator.azure_devops.task_definitions.definition import OnDisk

TASKS_LIST = "60aac929-f0cd-4bc8-9ce4-6b30e8f1b1bd"
YAML_SCHEMA = "1f9990b9-1dba-441f-9c2e-6485888c42b6"


@endpoint("GET", TASKS_LIST, "vso.agentpools")
async def tasks(call: Call) -> object:
    """Every task, the versions of one (by id), or one version of it."""
    identifier, version = call.route.get("taskid", "").lower(), call.route.get("versionstring", "")
    rows = [task for task in call.organization.tasks.tasks if identifier in ("", task.id.lower())]
    if version:
        found = next((task for task in rows if version in (str(task.version), task.full_version)), None)
        if found is None:
            raise failure("TaskDefinitionNotFoundException", id=identifier, version=version)
        return definition(found)
    if identifier and not rows:
        raise failure("TaskDefinitionNotFoundException", id=identifier, version="any")
    return collection([definition(task) for task in rows])


@endpoint("GET", YAML_SCHEMA, None)
async def yaml_schema(call: Call) -> object:
    """A JSON schema of the steps that are taken here: tasks by name and version with their inputs."""
    steps = [_task_schema(task) for task in call.organization.tasks.tasks if task.named]
    words = [{"required": [word]} for word in _WORDS]
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": f"{call.url}/_apis/distributedtask/yamlschema",
        "title": "Pipeline schema",
        "description": "A pipeline definition",
        "type": ["object", "array", "string"],
        "definitions": {
            "step": {"type": "object", "anyOf": [{"$ref": "#/definitions/task"}, *words]},
            "task": {"type": "object", "required": ["task"], "anyOf": steps},
        },
    }


_WORDS = ("script", "bash", "pwsh", "powershell", "checkout", "download", "downloadBuild", "getPackage", "publish",
          "template", "reviewApp")  # fmt: skip


def definition(task: Task) -> Row:
    """The TaskDefinition of the wire."""
    if task.on_disk is not None:
        return _own(task, task.on_disk)
    minor, _, patch = task.release.partition(".")
    version = {"major": task.version, "minor": int(minor or 0), "patch": int(patch or 0), "isTest": False}
    runs_on = ["Server"] if task.server else ["Agent", "DeploymentGroup"]
    return {
        "visibility": ["Build", "Release"],
        "runsOn": runs_on,
        "id": task.id,
        "name": task.name,
        "version": version,
        "serverOwned": True,
        "contentsUploaded": False,
        "hostType": "build",
        "friendlyName": task.display_name or task.name,
        "description": task.description,
        "category": "Utility",
        "helpMarkDown": task.help,
        "definitionType": "task",
        "author": task.author,
        "demands": [],
        "groups": [],
        "inputs": [_input(each) for each in task.inputs],
        "satisfies": [],
        "sourceDefinitions": [],
        "dataSourceBindings": [],
        "instanceNameFormat": task.display_name or task.name,
        "execution": {},
    }


def _own(task: Task, on_disk: OnDisk) -> Row:
    """What the task.json says, with what the service adds when a task is uploaded."""
    number = {name.lower(): int(part) for name, part in on_disk.said["version"].items() if name != "isTest"}
    said = {key: value for key, value in on_disk.said.items() if key not in ("$schema", "loc")}
    return {
        "visibility": ["Build", "Release"],
        "runsOn": ["Agent", "DeploymentGroup"],
        "demands": [],
        "groups": [],
        "satisfies": [],
        "sourceDefinitions": [],
        "dataSourceBindings": [],
        **said,
        "id": task.id,
        "version": {**number, "isTest": False},
        "inputs": [
            {"aliases": [], "options": {}, "properties": {}, **each} for each in said.get("inputs", ())
        ],
        "serverOwned": False,
        "contentsUploaded": True,
        "definitionType": "task",
    }


def _input(each: TaskInput) -> Row:
    kind = f"connectedService:{each.connection}" if each.connection else _kind(each)
    value: dict[str, Any] = {
        "aliases": list(each.aliases),
        "options": {option: option for option in each.options} if kind == "pickList" else {},
        "properties": {},
        "name": each.name,
        "label": each.name,
        "defaultValue": each.default,
        "required": each.required,
        "type": kind,
        "helpMarkDown": "",
        "groupName": "",
    }
    return {**value, "visibleRule": each.visible} if each.visible else value


def _kind(each: TaskInput) -> str:
    if each.secure_file:
        return "secureFile"
    if set(each.options) == {"true", "false"}:
        return "boolean"
    return "pickList" if each.options else "string"


def _task_schema(task: Task) -> Row:
    properties = {name: _property(each) for each in task.inputs for name in (each.name, *each.aliases)}
    return {
        "properties": {
            "task": {"const": task.reference},
            "inputs": {"type": "object", "properties": properties, "additionalProperties": False},
        },
        "required": ["task"],
    }


def _property(each: TaskInput) -> Row:
    value: Row = {"type": ["string", "boolean", "number"]}
    if each.default:
        value["default"] = each.default
    return value
