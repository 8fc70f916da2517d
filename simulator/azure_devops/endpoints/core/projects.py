"""Projects: list, get, create, change, delete, and their properties."""

from __future__ import annotations

import re
from typing import Any

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint, paged
from simulator.azure_devops.endpoints.core import operations, teams
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.organization import PROJECT, Row
from simulator.azure_devops.projects.lifecycle import DEFAULT_PROCESS, PROCESSES
from simulator.azure_devops.shapes import as_mappings, mapping
from simulator.kernel.errors import NotSimulated

PROJECTS = "603fe2ac-9723-48b9-88ad-09305aa6c6e1"
PROPERTIES = "4976a71a-4487-49aa-8aab-a1eda469037a"
_VISIBILITIES = ("private", "public", "organization")
_SYSTEM = "System."


def reference(call: Call, row: Row) -> Row:
    """The TeamProjectReference of a project."""
    return {
        "id": row["id"],
        "name": row["name"],
        "description": row["description"],
        "url": f"{call.url}/_apis/projects/{row['id']}",
        "state": row.get("state", "wellFormed"),
        "revision": row.get("revision", 1),
        "visibility": row.get("visibility", "private"),
        "lastUpdateTime": row["created"],
    }


def named(call: Call) -> Row:
    """The project that the route names."""
    name = call.route["projectid"]
    return call.visible(call.organization.project(name), name)


@endpoint("GET", PROJECTS, "vso.project")
async def projects(call: Call) -> object:
    """The projects that the caller sees, or one."""
    if "projectid" in call.route:
        return _project(call, named(call))
    state = call.query.get("statefilter", "wellFormed").lower()
    seen = [row for row in call.organization.projects() if row["name"] in call.caller.projects]
    if state == "deleted":
        seen = [row for _, row in call.kernel.store.scan(PROJECT) if row.get("state") == "deleted"]
    elif state not in ("wellformed", "all", "unchanged"):
        seen = []
    ordered = sorted(seen, key=lambda row: str(row["name"]))
    return paged(call, ordered, lambda row: reference(call, row), default=100)


def _project(call: Call, row: Row) -> Row:
    value = {
        **reference(call, row),
        "defaultTeam": teams.short(call, row, row["teams"][0]) if row["teams"] else None,
        "_links": {
            "self": {"href": f"{call.url}/_apis/projects/{row['id']}"},
            "collection": {"href": f"{call.url}/_apis/projectCollections/{operations.collection_id(call)}"},
            "web": {"href": f"{call.url}/{row['name']}"},
        },
    }
    if call.query.get("includecapabilities", "").lower() == "true":
        process = row.get("process", DEFAULT_PROCESS)
        value["capabilities"] = {
            "processTemplate": {"templateName": PROCESSES[process], "templateTypeId": process},
            "versioncontrol": {"sourceControlType": "Git", "gitEnabled": "True", "tfvcEnabled": "False"},
        }
    return value


@endpoint("POST", PROJECTS, "vso.project_manage")
async def create(call: Call) -> object:
    """Queue the making of a project; 202 and the operation to poll."""
    name = str(call.member("name"))
    given = mapping(call.object_body(), "capabilities")
    call.azure.projects.check_name(name)
    kind = str(mapping(given, "versioncontrol").get("sourceControlType") or "Git")
    if kind.lower() != "git":
        raise NotSimulated(f"projects with {kind}", "Projects hold git repositories here.")
    process = str(mapping(given, "processTemplate").get("templateTypeId") or DEFAULT_PROCESS).lower()
    if process not in PROCESSES:
        raise failure("ProcessNotFoundByTypeIdException", id=process)
    detail = {
        "id": call.kernel.ids.uuid(),
        "name": name,
        "description": str(call.body.get("description") or ""),
        "visibility": _visibility(call),
        "process": process,
        "creator": call.caller.identity.name,
    }
    return _queue(call, "createProject", detail)


@endpoint("PATCH", PROJECTS, "vso.project_manage")
async def update(call: Call) -> object:
    """Queue a change of name, description or visibility."""
    project = named(call)
    detail: dict[str, Any] = {"id": project["id"]}
    given = call.object_body()
    detail |= {key: str(given[key]) for key in ("name", "description") if given.get(key) is not None}
    if "name" in detail:
        call.azure.projects.check_name(detail["name"], but=project["id"])
    if given.get("visibility") is not None:
        detail["visibility"] = _visibility(call)
    return _queue(call, "updateProject", detail)


@endpoint("DELETE", PROJECTS, "vso.project_manage")
async def delete(call: Call) -> object:
    """Queue the deletion of a project with all that is in it."""
    project = named(call)
    return _queue(call, "deleteProject", {"id": project["id"], "name": project["name"]})


def _visibility(call: Call) -> str:
    wanted = str(call.object_body().get("visibility") or "private").lower()
    if wanted not in _VISIBILITIES:
        raise invalid(f"The value '{wanted}' of visibility is none of {', '.join(_VISIBILITIES)}.")
    if wanted != "private":
        call.kernel.log.record(
            "AcceptedNotSimulated", f"project visibility {wanted}: only members see it", {}
        )
    return wanted


def _queue(call: Call, work: str, detail: dict[str, Any]) -> Answer:
    with call.kernel.store.transaction():
        row = call.azure.operations.queue(work, detail)
    return Answer(202, operations.reference(call, row, "notSet"))


@endpoint("GET", PROPERTIES, "vso.project")
async def properties(call: Call) -> object:
    """What the project carries: the service's own properties and those that clients set; `keys` chooses."""
    project = named(call)
    process = project.get("process", DEFAULT_PROCESS)
    own = {
        "System.CurrentProcessTemplateId": process,
        "System.OriginalProcessTemplateId": process,
        "System.ProcessTemplateType": process,
        "System.Process Template": PROCESSES[process],
        "System.SourceControlCapabilityFlags": "2",
        "System.SourceControlGitEnabled": "True",
        "System.SourceControlGitPermissionsInitialized": "True",
    }
    every = own | project.get("properties", {})
    wanted = [key.strip() for key in call.query.get("keys", "").split(",") if key.strip()]
    if wanted:
        fits = [re.compile(re.escape(key).replace(r"\*", ".*"), re.IGNORECASE) for key in wanted]
        every = {name: value for name, value in every.items() if any(fit.fullmatch(name) for fit in fits)}
    return collection([{"name": name, "value": value} for name, value in every.items()])


@endpoint("PATCH", PROPERTIES, "vso.project_manage")
async def set_properties(call: Call) -> object:
    """Apply a JSON Patch of `add`, `replace` and `remove` at `/name`; the service's own properties stay."""
    project = named(call)
    kept = dict(project.get("properties", {}))
    changes = as_mappings(call.body, "the request body")
    for change in changes:
        name = str(change.get("path", "")).lstrip("/")
        action = str(change.get("op", "")).lower()
        if not name or action not in ("add", "replace", "remove"):
            raise invalid(f"The operation '{action}' at '{name}' is not a valid change of a property.")
        if name.startswith(_SYSTEM):
            raise failure(
                "AccessDeniedException", user=call.caller.identity.display, permission="system property"
            )
        if action == "remove":
            kept.pop(name, None)
        else:
            kept[name] = change.get("value")
    with call.kernel.store.transaction():
        call.organization.save(PROJECT, {**project, "properties": kept})
        call.kernel.log.record("ProjectPropertiesSet", project["name"], {"projectId": project["id"]})
    return Answer(204)
