"""Pipelines: list, get, create, preview."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.azure_devops.endpoint import Call, endpoint, paged
from simulator.azure_devops.endpoints import run_requests
from simulator.azure_devops.enumerations import CONFIGURATION_TYPE, named
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.language.final_yaml import final_yaml
from simulator.azure_devops.organization import DEFINITION, Row
from simulator.azure_devops.pipelines import definition_history
from simulator.azure_devops.pipelines.starting.queueing import definition_named
from simulator.azure_devops.security import tokens
from simulator.azure_devops.security.namespaces import BUILD
from simulator.azure_devops.seeding import definition_row
from simulator.azure_devops.shapes import as_mapping, mapping

PIPELINES = "28e1305e-2afe-47bf-abaf-cbb0e6a91988"
PREVIEW = "53df2d18-29ea-46a9-bee0-933540f80abf"
_ORDERS: dict[str, Callable[[Row], Any]] = {
    "id": lambda row: row["id"],
    "name": lambda row: row["name"].lower(),
    "folder": lambda row: row.get("folder", "\\").lower(),
    "revision": lambda row: row["revision"],
}


def reference(call: Call, row: Row) -> Row:
    """The PipelineReference of a pipeline."""
    project = call.organization.project(row["project"])
    url = f"{call.url}/{project['id']}/_apis/pipelines/{row['id']}?revision={row['revision']}"
    web = f"{call.url}/{project['name']}/_build/definition?definitionId={row['id']}"
    return {
        "_links": {"self": {"href": url}, "web": {"href": web}},
        "url": url,
        "id": row["id"],
        "revision": row["revision"],
        "name": row["name"],
        "folder": row.get("folder", "\\"),
    }


@endpoint("GET", PIPELINES, "vso.build")
async def pipelines(call: Call) -> object:
    """The pipelines of the project by page in `orderBy`, or one (of a `pipelineVersion`) with its configuration."""
    if "pipelineid" not in call.route:
        project = call.project()["id"]
        rows = call.permitted(
            BUILD,
            "ViewBuildDefinition",
            call.organization.rows(DEFINITION, project),
            lambda row: tokens.of_definition(project, row),
        )
        member, _, direction = (call.query.get("orderby") or "id asc").lower().partition(" ")
        key = _ORDERS.get(member)
        if key is None:
            raise invalid(
                f"The value '{member}' of orderBy is not valid. Expected one of: {', '.join(_ORDERS)}."
            )
        rows.sort(key=key, reverse=direction.strip() == "desc")
        return paged(call, rows, lambda row: reference(call, row))
    row = run_requests.found(call)
    version = call.number("pipelineversion", row["revision"])
    if version != row["revision"]:
        row = definition_history.at(call.kernel, row, version)
    repository = {"id": row["repository"], "type": "azureReposGit"}
    configuration = {"path": f"/{row['path']}", "repository": repository, "type": "yaml"}
    return {**reference(call, row), "configuration": configuration}


@endpoint("POST", PIPELINES, "vso.build_execute")
async def create(call: Call) -> object:
    """A new YAML pipeline."""
    project, name = call.project(), str(call.member("name"))
    configuration = mapping(call.object_body(), "configuration")
    if named(configuration.get("type"), CONFIGURATION_TYPE) != "yaml":
        raise invalid("The configuration type must be yaml.")
    if definition_named(call.organization, project["id"], name):
        raise failure("PipelineExistsException", name=name)
    given = mapping(configuration, "repository")
    repository = call.organization.repository(str(given.get("id") or given.get("name") or ""), project["id"])
    path = str(configuration.get("path") or "azure-pipelines.yml")
    row = definition_row(call.organization, project["id"], name, repository["id"], path)
    folder = str(call.object_body().get("folder") or "\\").replace("/", "\\")
    row["folder"] = folder if folder.startswith("\\") else f"\\{folder}"
    row["variables"] = {
        name: as_mapping(item, name) for name, item in mapping(configuration, "variables").items()
    }
    await run_requests.save_new(call, row)
    definition_history.keep(call.kernel, row, call.caller.identity.name, "add", "")
    return reference(call, row)


@endpoint("POST", PREVIEW, "vso.build_execute")
async def preview(call: Call) -> object:
    """The expanded YAML of a run that is not started."""
    return await previewed(call, run_requests.found(call), call.body if isinstance(call.body, dict) else {})


async def previewed(call: Call, row: Row, given: dict[str, Any]) -> object:
    """What a run with `previewRun` answers."""
    request = await run_requests.request_of(call, row, given, "Manual")
    compiled = await call.azure.queue.compile(request, str(given.get("yamlOverride") or "") or None)
    return {"finalYaml": final_yaml(compiled.plan)}
