"""Build definitions: the older face of YAML pipelines."""

from __future__ import annotations

from simulator.azure_devops.endpoint import Call, collection, endpoint
from simulator.azure_devops.endpoints import run_requests
from simulator.azure_devops.endpoints.core import projects
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.organization import DEFINITION, Row
from simulator.azure_devops.pipelines.starting.queueing import definition_named
from simulator.azure_devops.seeding import definition_row
from simulator.azure_devops.shapes import as_mapping, mapping
from simulator.formats.wildcards import matches

DEFINITIONS = "dbeaf647-6167-421a-bda9-c9327b25e2e6"
_YAML_PROCESS = 2


def reference(call: Call, row: Row) -> Row:
    """The DefinitionReference of a pipeline."""
    project = call.organization.project(row["project"])
    return {
        "id": row["id"],
        "name": row["name"],
        "url": f"{call.url}/{project['id']}/_apis/build/Definitions/{row['id']}?revision={row['revision']}",
        "uri": f"vstfs:///Build/Definition/{row['id']}",
        "path": "\\",
        "type": "build",
        "queueStatus": "enabled",
        "revision": row["revision"],
        "createdDate": row["created"],
        "project": projects.reference(call, project),
    }


def _view(call: Call, row: Row) -> Row:
    repository = call.organization.repository_of(row)
    source = {
        "id": repository["id"],
        "type": "TfsGit",
        "name": repository["name"],
        "defaultBranch": repository["defaultBranch"],
        "url": f"{call.url}/{call.organization.project(row['project'])['name']}/_git/{repository['name']}",
        "properties": {},
    }
    variables = {
        name: {**item, "value": None if item.get("isSecret") else item.get("value")}
        for name, item in row["variables"].items()
    }
    process = {"yamlFilename": f"/{row['path']}", "type": _YAML_PROCESS}
    return {
        **reference(call, row),
        "process": process,
        "repository": source,
        "variables": variables,
        "triggers": [],
    }


@endpoint("GET", DEFINITIONS, "vso.build")
async def definitions(call: Call) -> object:
    """One definition, or those of the project whose names match `name` (with `*`)."""
    if "definitionid" in call.route:
        return _view(call, run_requests.found(call, "definitionid"))
    rows = call.organization.rows(DEFINITION, call.project()["id"])
    pattern = call.query.get("name", "*").lower()
    return collection([reference(call, row) for row in rows if matches(pattern, row["name"].lower())])


@endpoint("POST", DEFINITIONS, "vso.build_execute")
async def create(call: Call) -> object:
    """A new definition with a YAML process."""
    project, name, given = call.project(), str(call.member("name")), call.object_body()
    process = mapping(given, "process")
    if process.get("type") != _YAML_PROCESS or not process.get("yamlFilename"):
        raise invalid(
            "Only YAML definitions are simulated: process.type must be 2 and process.yamlFilename given."
        )
    if definition_named(call.organization, project["id"], name):
        raise failure("PipelineExistsException", name=name)
    source = mapping(given, "repository")
    repository = call.organization.repository(
        str(source.get("id") or source.get("name") or ""), project["id"]
    )
    row = definition_row(
        call.organization, project["id"], name, repository["id"], str(process["yamlFilename"])
    )
    row["variables"] = {name: as_mapping(item, name) for name, item in mapping(given, "variables").items()}
    await run_requests.save_new(call, row)
    return _view(call, row)
