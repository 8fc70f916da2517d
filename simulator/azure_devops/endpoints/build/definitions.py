"""Build definitions: the older face of YAML pipelines. Each change is a revision that stays readable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint, page
from simulator.azure_devops.endpoints import run_requests
from simulator.azure_devops.endpoints.build import build_views
from simulator.azure_devops.endpoints.build.definition_views import (
    FETCH_DEPTH,
    ROOT_FOLDER,
    YAML_PROCESS,
    listed,
    whole,
)
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.organization import DEFINITION, Row
from simulator.azure_devops.pipelines import definition_history
from simulator.azure_devops.pipelines.starting.queueing import definition_named
from simulator.azure_devops.security import tokens
from simulator.azure_devops.security.namespaces import BUILD
from simulator.azure_devops.seeding import definition_row
from simulator.azure_devops.shapes import as_mapping, mapping
from simulator.formats.wildcards import matches

DEFINITIONS = "dbeaf647-6167-421a-bda9-c9327b25e2e6"
_STATUSES = ("enabled", "paused", "disabled")
_ORDERS: dict[str, Callable[[Row], Any]] = {
    "definitionname": lambda row: row["name"].lower(),
    "lastmodified": lambda row: row["created"],
}


@endpoint("GET", DEFINITIONS, "vso.build")
async def definitions(call: Call) -> object:
    """One definition (of a `revision`), or those that fit every filter, in the order and page asked for."""
    if "definitionid" in call.route:
        row = run_requests.found(call, "definitionid")
        wanted = call.number("revision", row["revision"])
        if wanted != row["revision"]:
            row = definition_history.at(call.kernel, row, wanted)
        return _with_builds(call, row, whole(call, row))
    project = call.project()["id"]
    rows = [row for row in call.organization.rows(DEFINITION, project) if _fits(call, row)]
    rows = call.permitted(BUILD, "ViewBuildDefinition", rows, lambda row: tokens.of_definition(project, row))
    order = call.query.get("queryorder", "").lower()
    key = next((key for name, key in _ORDERS.items() if order.startswith(name)), lambda row: row["id"])
    rows.sort(key=key, reverse=order.endswith("descending"))
    chosen, headers = page(call, rows, 10_000)
    view = whole if call.query.get("includeallproperties", "").lower() == "true" else listed
    return Answer(
        200, collection([_with_builds(call, row, view(call, row)) for row in chosen]), headers=headers
    )


def _fits(call: Call, row: Row) -> bool:
    query = call.query
    tests: dict[str, Callable[[str], bool]] = {
        "name": lambda text: matches(text.lower(), row["name"].lower()),
        "path": lambda text: text.lower() == row.get("folder", ROOT_FOLDER).lower(),
        "definitionids": lambda text: str(row["id"]) in text.split(","),
        "repositoryid": lambda text: text.lower() == row["repository"].lower(),
        "yamlfilename": lambda text: text.lstrip("/") == row["path"],
        "processtype": lambda text: text == str(YAML_PROCESS),
        "taskidfilter": lambda text: False,
    }
    return all(fits(query[name]) for name, fits in tests.items() if query.get(name))


def _with_builds(call: Call, row: Row, value: Row) -> Row:
    if call.query.get("includelatestbuilds", "").lower() != "true":
        return value
    runs = call.azure.runs.of(row["project"], row["id"])
    done = [run for run in runs if run["state"] == "completed"]
    if runs:
        value["latestBuild"] = build_views.whole(call, runs[0])
    if done:
        value["latestCompletedBuild"] = build_views.whole(call, done[0])
    return value


@endpoint("POST", DEFINITIONS, "vso.build_execute")
async def create(call: Call) -> object:
    """A new definition with a YAML process."""
    project, name, given = call.project(), str(call.member("name")), call.object_body()
    path, repository = _source(call, project["id"], given)
    if definition_named(call.organization, project["id"], name):
        raise failure("DefinitionExistsException", name=name)
    row = definition_row(call.organization, project["id"], name, repository["id"], path)
    row.update(_said(given), changedBy=call.caller.identity.name)
    await run_requests.save_new(call, row)
    definition_history.keep(call.kernel, row, call.caller.identity.name, "add", "")
    return whole(call, row)


@endpoint("PUT", DEFINITIONS, "vso.build_execute")
async def change(call: Call) -> object:
    """Another revision; the body must name the revision that it changes."""
    row, given = run_requests.found(call, "definitionid"), call.object_body()
    if int(given.get("revision") or 0) != row["revision"]:
        raise failure("DefinitionRevisionException", id=row["id"])
    path, repository = _source(call, row["project"], given)
    name = str(given.get("name") or row["name"])
    other = definition_named(call.organization, row["project"], name)
    if other is not None and other["id"] != row["id"]:
        raise failure("DefinitionExistsException", name=name)
    changed = {**row, **_said(given, row), "name": name, "path": path, "repository": repository["id"]}
    changed.update(revision=row["revision"] + 1, changedBy=call.caller.identity.name)
    await run_requests.save_new(call, changed)
    comment = str(given.get("comment") or "")
    definition_history.keep(call.kernel, changed, call.caller.identity.name, "update", comment)
    return whole(call, changed)


@endpoint("PATCH", DEFINITIONS, "vso.build_execute")
async def restore(call: Call) -> object:
    """Bring a deleted definition back (`deleted=false`)."""
    number, project = call.route["definitionid"], call.project()
    row = definition_history.deleted(call.kernel, number)
    if row is None or row["project"] != project["id"] or call.query.get("deleted", "").lower() != "false":
        raise failure("DefinitionNotFoundException", id=number)
    call.organization.repository(row["repository"])
    row = definition_history.restored(call.kernel, row)
    await run_requests.save_new(call, row)
    return whole(call, row)


@endpoint("DELETE", DEFINITIONS, "vso.build_execute")
async def remove(call: Call) -> object:
    """Delete a definition, unless a retention lease protects it."""
    row = run_requests.found(call, "definitionid")
    if any(lease["protectPipeline"] for lease in call.azure.leases.of_definition(row["id"])):
        raise failure("CannotDeleteRetainedDefinitionException", id=row["id"])
    definition_history.delete(call.kernel, row, call.caller.identity.name)
    return Answer(204)


def _source(call: Call, project: str, given: dict[str, Any]) -> tuple[str, Row]:
    """The YAML file and the repository of a body."""
    process = mapping(given, "process")
    if process.get("type") != YAML_PROCESS or not process.get("yamlFilename"):
        raise invalid(
            "Only YAML definitions are simulated: process.type must be 2 and process.yamlFilename given."
        )
    source = mapping(given, "repository")
    repository = call.organization.repository(str(source.get("id") or source.get("name") or ""), project)
    return str(process["yamlFilename"]).lstrip("/"), repository


def _said(given: dict[str, Any], known: Row | None = None) -> Row:
    """What a body says besides; a secret without a value keeps the one that is known."""
    before = (known or {"variables": {}})["variables"]
    variables = {}
    for name, item in mapping(given, "variables").items():
        one = as_mapping(item, name)
        secret = one.get("isSecret") and one.get("value") is None
        variables[name] = {**one, "value": before.get(name, {}).get("value")} if secret else one
    status = str(given.get("queueStatus") or "enabled")
    if status not in _STATUSES:
        raise invalid(f"The queue status '{status}' is not valid. Expected one of: {', '.join(_STATUSES)}.")
    folder = str(given.get("path") or ROOT_FOLDER)
    properties = mapping(mapping(given, "repository"), "properties")
    depth = str(properties.get("fetchDepth") or (known or {}).get("fetchDepth", FETCH_DEPTH))
    if not depth.isdecimal():
        raise invalid(f"The value of repository.properties.fetchDepth must be a number, not '{depth[:100]}'.")
    return {
        "fetchDepth": depth,
        "variables": variables,
        "queueStatus": status,
        "folder": folder if folder.startswith(ROOT_FOLDER) else f"{ROOT_FOLDER}{folder}",
        "description": given.get("description"),
        "comment": given.get("comment"),
        "triggers": given.get("triggers") or [],
        "tags": [str(tag) for tag in given.get("tags") or (known or {}).get("tags", [])],
        "properties": mapping(given, "properties") or (known or {}).get("properties", {}),
    }
