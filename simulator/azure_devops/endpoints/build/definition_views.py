"""A pipeline as the build area shows it: reference and whole definition."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.endpoint import Call
from simulator.azure_devops.endpoints.core import projects
from simulator.azure_devops.organization import Row

YAML_PROCESS = 2
ROOT_FOLDER = "\\"
_HOSTED = {"id": 1, "name": "Azure Pipelines", "pool": {"id": 1, "name": "Azure Pipelines", "isHosted": True}}


def reference(call: Call, row: Row) -> Row:
    """The DefinitionReference of a pipeline."""
    project = call.organization.project(row["project"])
    return {
        "id": row["id"],
        "name": row["name"],
        "url": f"{call.url}/{project['id']}/_apis/build/Definitions/{row['id']}?revision={row['revision']}",
        "uri": f"vstfs:///Build/Definition/{row['id']}",
        "path": row.get("folder", ROOT_FOLDER),
        "type": "build",
        "queueStatus": row.get("queueStatus", "enabled"),
        "revision": row["revision"],
        "createdDate": row["created"],
        "project": projects.reference(call, project),
    }


def listed(call: Call, row: Row) -> Row:
    """The BuildDefinitionReference of a list."""
    person = call.person_reference(row.get("changedBy") or call.organization.topology.test_person)
    return {
        **reference(call, row),
        "_links": links(call, row),
        "quality": "definition",
        "authoredBy": person,
        "drafts": [],
        "queue": _HOSTED,
    }


def links(call: Call, row: Row) -> Row:
    """Where the definition is found, by REST and by people."""
    project = call.organization.project(row["project"])
    base = f"{call.url}/{project['id']}/_apis/build"
    web = f"{call.url}/{project['name']}/_build/definition?definitionId={row['id']}"
    hub = f"{call.url}/{project['name']}/_apps/hub/ms.vss-ciworkflow.build-ci-hub"
    return {
        "self": {"href": f"{base}/Definitions/{row['id']}?revision={row['revision']}"},
        "web": {"href": web},
        "editor": {"href": f"{hub}?_a=edit-build-definition&id={row['id']}"},
        "badge": {"href": f"{base}/status/{row['id']}"},
    }


def _variable(item: Row) -> Row:
    """As the service writes one: flags only where they are set."""
    flags = {name: True for name in ("isSecret", "allowOverride") if item.get(name)}
    return {"value": None if item.get("isSecret") else item.get("value"), **flags}


def whole(call: Call, row: Row) -> Row:
    """The BuildDefinition; a secret variable has no value."""
    variables = {name: _variable(item) for name, item in row["variables"].items()}
    value: dict[str, Any] = {
        **listed(call, row),
        "process": {"yamlFilename": f"/{row['path']}", "type": YAML_PROCESS},
        "repository": repository(call, row),
        "variables": variables,
        "variableGroups": [],
        "triggers": row.get("triggers", []),
        "options": [],
        "properties": row.get("properties", {}),
        "tags": row.get("tags", []),
        "jobAuthorizationScope": row.get("jobAuthorizationScope", "project"),
        "jobTimeoutInMinutes": 60,
        "jobCancelTimeoutInMinutes": 5,
        "badgeEnabled": True,
        "description": row.get("description"),
        "comment": row.get("comment"),
    }
    return {name: item for name, item in value.items() if item is not None}


FETCH_DEPTH = "1"
"""Shallow fetch is on in a pipeline's settings until somebody says otherwise (see tasks/checkout.py)."""


def repository(call: Call, row: Row) -> Row:
    """The BuildRepository of a pipeline."""
    found = call.organization.repository_of(row)
    name = call.organization.project(found["project"])["name"]
    return {
        "id": found["id"],
        "type": "TfsGit",
        "name": found["name"],
        "defaultBranch": row.get("defaultBranch") or found["defaultBranch"],
        "url": f"{call.url}/{name}/_git/{found['name']}",
        "clean": None,
        "checkoutSubmodules": False,
        "properties": {"reportBuildStatus": "true", "fetchDepth": row.get("fetchDepth", FETCH_DEPTH)},
    }
