"""The pipeline that a request names, and the run that its body asks for."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.endpoint import Call
from simulator.azure_devops.errors import failure
from simulator.azure_devops.git import objects
from simulator.azure_devops.organization import DEFINITION, Row
from simulator.azure_devops.pipelines.runs import RunRequest
from simulator.azure_devops.shapes import as_mapping, mapping, texts

DELIVERY_HEADER = "x-simulator-delivery"
"""Names a delivery of an event: the same name from the same caller to the same pipeline is the same run.

The real service knows no such header: there a delivery that is repeated after a slow answer starts a second run.
"""


def found(call: Call, name: str = "pipelineid") -> Row:
    """The pipeline of the route."""
    number = call.route[name]
    row = call.organization.definition(call.project()["id"], number)
    if row is None:
        code = "PipelineNotFoundException" if name == "pipelineid" else "DefinitionNotFoundException"
        raise failure(code, id=number)
    return row


async def save_new(call: Call, row: Row) -> None:
    """Write a new pipeline; the schedules that its branches already have begin to count."""
    call.organization.save(DEFINITION, row)
    repository = call.organization.repository(row["repository"])
    for ref, commit in (await call.azure.refs.read(repository)).items():
        if ref.startswith("refs/heads/"):
            await call.azure.schedules.arm(row, ref, commit)


async def request_of(call: Call, row: Row, given: dict[str, Any], reason: str) -> RunRequest:
    """The run request in a body of the runs API."""
    resources = mapping(given, "resources")
    repositories = {
        alias: as_mapping(item, alias) for alias, item in mapping(resources, "repositories").items()
    }
    pipelines, packages = _versions(resources, "pipelines"), _versions(resources, "packages")
    own = repositories.pop("self", {})
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
        repositories={
            alias: (str(item.get("refName") or ""), str(item.get("version") or ""))
            for alias, item in repositories.items()
        },
        pipelines=pipelines,
        packages=packages,
    )


def _versions(resources: dict[str, Any], kind: str) -> dict[str, str]:
    """The version by alias, where one is asked for."""
    asked = {
        alias: str(as_mapping(item, alias).get("version") or "")
        for alias, item in mapping(resources, kind).items()
    }
    return {alias: version for alias, version in asked.items() if version}


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


def request_key(call: Call, row: Row) -> str:
    """The key of a request that names its delivery, else nothing."""
    delivery = call.headers.get(DELIVERY_HEADER, "")
    return f"delivery {call.caller.identity.name} {row['id']} {delivery}" if delivery else ""
