"""Pipelines: list, get, create, preview."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.endpoint import Call, collection, endpoint
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.git import objects
from simulator.azure_devops.organization import DEFINITION, Row
from simulator.azure_devops.pipelines.final_yaml import final_yaml
from simulator.azure_devops.pipelines.queueing import definition_named
from simulator.azure_devops.pipelines.runs import RunRequest
from simulator.azure_devops.seeding import definition_row
from simulator.azure_devops.shapes import as_mapping, mapping, texts

PIPELINES = "28e1305e-2afe-47bf-abaf-cbb0e6a91988"
PREVIEW = "53df2d18-29ea-46a9-bee0-933540f80abf"


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
        "folder": "\\",
    }


def found(call: Call, name: str = "pipelineid") -> Row:
    """The pipeline of the route."""
    number = call.route[name]
    row = call.organization.definition(call.project()["id"], number)
    if row is None:
        code = "PipelineNotFoundException" if name == "pipelineid" else "DefinitionNotFoundException"
        raise failure(code, id=number)
    return row


@endpoint("GET", PIPELINES, "vso.build")
async def pipelines(call: Call) -> object:
    """The pipelines of the project, or one with its configuration."""
    if "pipelineid" not in call.route:
        rows = call.organization.rows(DEFINITION, call.project()["id"])
        return collection([reference(call, row) for row in rows])
    row = found(call)
    repository = {"id": row["repository"], "type": "azureReposGit"}
    configuration = {"path": f"/{row['path']}", "repository": repository, "type": "yaml"}
    return {**reference(call, row), "configuration": configuration}


@endpoint("POST", PIPELINES, "vso.build_execute")
async def create(call: Call) -> object:
    """A new YAML pipeline."""
    project, name = call.project(), str(call.member("name"))
    configuration = mapping(call.object_body(), "configuration")
    if configuration.get("type") != "yaml":
        raise invalid("The configuration type must be yaml.")
    if definition_named(call.organization, project["id"], name):
        raise failure("PipelineExistsException", name=name)
    given = mapping(configuration, "repository")
    repository = call.organization.repository(str(given.get("id") or given.get("name") or ""), project["id"])
    path = str(configuration.get("path") or "azure-pipelines.yml")
    row = definition_row(call.organization, project["id"], name, repository["id"], path)
    await save_new(call, row)
    return reference(call, row)


async def save_new(call: Call, row: Row) -> None:
    """Write a new pipeline; the schedules that its branches already have begin to count."""
    call.organization.save(DEFINITION, row)
    repository = call.organization.repository(row["repository"])
    for ref, commit in (await call.azure.refs.read(repository)).items():
        if ref.startswith("refs/heads/"):
            await call.azure.schedules.arm(row, ref, commit)


@endpoint("POST", PREVIEW, "vso.build_execute")
async def preview(call: Call) -> object:
    """The expanded YAML of a run that is not started."""
    return await previewed(call, found(call), call.body if isinstance(call.body, dict) else {})


async def previewed(call: Call, row: Row, given: dict[str, Any]) -> object:
    """What a run with `previewRun` answers."""
    request = await request_of(call, row, given, "Manual")
    compiled = await call.azure.queue.compile(request, str(given.get("yamlOverride") or "") or None)
    return {"finalYaml": final_yaml(compiled.plan)}


async def request_of(call: Call, row: Row, given: dict[str, Any], reason: str) -> RunRequest:
    """The run request in a body of the runs API."""
    own = mapping(mapping(mapping(given, "resources"), "repositories"), "self")
    ref, commit = await version_of(call, row, str(own.get("refName") or ""), str(own.get("version") or ""))
    return RunRequest(
        row,
        ref,
        commit,
        reason,
        call.caller.identity.name,
        mapping(given, "templateParameters"),
        {name: as_mapping(item, name) for name, item in mapping(given, "variables").items()},
        texts(given, "stagesToSkip"),
        key=request_key(call, row),
    )


async def version_of(call: Call, row: Row, ref: str, version: str) -> tuple[str, str]:
    """The ref and commit to run: those given, else the newest of the default branch."""
    repository = call.organization.repository(row["repository"])
    name = ref or repository["defaultBranch"]
    name = name if name.startswith("refs/") else f"refs/heads/{name}"
    commit = await objects.resolve(call.azure.refs.path(repository), version or name)
    if commit is None:
        raise failure(
            "PipelineValidationException",
            message=f"An error occurred while loading the YAML build pipeline. Could not get the latest source version"
            f" for repository {repository['name']} hosted on Azure Repos using ref {name}.",
        )
    return name, commit


DELIVERY_HEADER = "x-simulator-delivery"
"""Names a delivery of an event: the same name from the same caller to the same pipeline is the same run.

The real service knows no such header: there a delivery that is repeated after a slow answer starts a second run.
"""


def request_key(call: Call, row: Row) -> str:
    """The key of a request that names its delivery, else nothing."""
    delivery = call.headers.get(DELIVERY_HEADER, "")
    return f"delivery {call.caller.identity.name} {row['id']} {delivery}" if delivery else ""
