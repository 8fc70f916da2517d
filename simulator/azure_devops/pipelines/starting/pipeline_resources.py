"""Pipeline resources of a run: which run of the other pipeline is meant, and the variables that tell of it.

Source: Learn "Resources in YAML pipelines" (the version picked, metadata). Both error texts are the service's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from simulator.azure_devops.errors import failure
from simulator.azure_devops.language.plan import PipelineResource, Plan
from simulator.azure_devops.organization import DEFINITION, Organization, Row
from simulator.azure_devops.pipelines.runs import RunRequest, Runs
from simulator.kernel.errors import CallerError

_GOOD = ("succeeded", "partiallySucceeded")


def resolve(runs: Runs, organization: Organization, request: RunRequest, plan: Plan) -> dict[str, int]:
    """The run behind every alias: the one that triggered, the one asked for, or the newest that the YAML takes.

    Raises CallerError: 400 PipelineValidationException for a pipeline or a version that is not there.
    """
    found: dict[str, int] = {}
    for resource in plan.resources.pipelines:
        source = source_of(organization, request.definition["project"], resource)
        if source is None:
            raise _invalid(f"Pipeline Resource {resource.alias} Input Must be Valid.")
        wanted = request.pipelines.get(resource.alias, resource.version)
        row = chosen(runs.of(source["project"], source["id"]), resource, wanted)
        if row is None:
            raise _invalid(
                f"Unable to resolve latest version for pipeline {resource.alias} this could be due to inaccessible"
                " pipeline or no version is available"
            )
        found[resource.alias] = row["id"]
    return found


def source_of(organization: Organization, project: str, resource: PipelineResource) -> Row | None:
    """The pipeline that a resource names, in its own project or in the resource's."""
    try:
        owner = organization.project(resource.project)["id"] if resource.project else project
    except CallerError:
        return None
    return next(
        (row for row in organization.rows(DEFINITION, owner) if is_source(row, resource.source)), None
    )


def is_source(definition: Row, source: str) -> bool:
    """Whether `source` (a name, or `folder\\name`) means the pipeline. Pure."""
    folder, _, name = source.replace("/", "\\").rpartition("\\")
    own = str(definition.get("folder") or "\\").strip("\\")
    return bool(
        definition["name"].lower() == name.lower()
        and (not folder or folder.strip("\\").lower() == own.lower())
    )


def chosen(rows: Iterable[Row], resource: PipelineResource, wanted: str | int) -> Row | None:
    """The run of that number or name, else the newest good one of the branch with all tags. Pure."""
    if isinstance(wanted, int):
        return next((row for row in rows if row["id"] == wanted), None)
    if wanted and wanted.lower() != "latest":
        return next((row for row in rows if row["name"] == wanted), None)
    branch = resource.branch.removeprefix("refs/heads/")
    return next(
        (
            row
            for row in rows
            if row["result"] in _GOOD
            and not row.get("deleted")
            and (not branch or row["sourceBranch"] == f"refs/heads/{branch}")
            and set(resource.tags) <= set(row["tags"])
        ),
        None,
    )


def variables(organization: Organization, found: Mapping[str, int]) -> dict[str, str]:
    """`resources.pipeline.<alias>.*`, as jobs see them."""
    values: dict[str, str] = {}
    for alias, number in found.items():
        row = organization.numbered("azure_devops.run", number)
        assert row is not None, f"there is no run {number}"
        values |= {
            f"resources.pipeline.{alias}.{name}": value
            for name, value in _metadata(organization, row).items()
        }
    return values


def _metadata(organization: Organization, row: Row) -> dict[str, str]:
    project = organization.project(row["project"])
    definition: dict[str, Any] = organization.definition(row["project"], row["definition"]) or {"name": ""}
    person = organization.identity(row["requestedFor"])
    return {
        "projectName": project["name"],
        "projectID": project["id"],
        "pipelineName": definition["name"],
        "pipelineID": str(row["definition"]),
        "runName": row["name"],
        "runID": str(row["id"]),
        "runURI": f"vstfs:///Build/Build/{row['id']}",
        "sourceBranch": row["sourceBranch"],
        "sourceCommit": row["sourceVersion"],
        "sourceProvider": "TfsGit",
        "requestedFor": person.display,
        "requestedForID": person.id,
    }


def _invalid(message: str) -> CallerError:
    return failure("PipelineValidationException", message=message)
