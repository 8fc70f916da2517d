"""Repositories: list, get, create."""

from __future__ import annotations

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.endpoints.core import projects
from simulator.azure_devops.errors import failure
from simulator.azure_devops.organization import REPOSITORY, Row
from simulator.azure_devops.seeding import repository_row
from simulator.azure_devops.shapes import mapping

REPOSITORIES = "225f7195-f9c7-4d14-ab28-a83f7ff77e1f"


async def view(call: Call, row: Row) -> Row:
    """The GitRepository of the wire; the default branch is shown once it exists."""
    project = call.organization.project(row["project"])
    refs = await call.azure.refs.read(row)
    url = f"{call.url}/{project['id']}/_apis/git/repositories/{row['id']}"
    remote = f"{call.url}/{project['name']}/_git/{row['name']}"
    value = {
        "id": row["id"],
        "name": row["name"],
        "url": url,
        "project": projects.reference(call, project),
        "size": 0,
        "remoteUrl": remote,
        "webUrl": remote,
        "isDisabled": False,
        "isInMaintenance": False,
        "_links": {"self": {"href": url}, "web": {"href": remote}},
    }
    return {**value, "defaultBranch": row["defaultBranch"]} if row["defaultBranch"] in refs else value


@endpoint("GET", REPOSITORIES, "vso.code")
async def repositories(call: Call) -> object:
    """The repositories that the caller sees (of one project), or one."""
    if "repositoryid" in call.route:
        return await view(call, call.repository())
    project = call.project_or_none()
    names = {row["id"]: row["name"] for row in call.organization.projects()}
    found = [
        row
        for row in call.organization.rows(REPOSITORY, project["id"] if project else "")
        if names[row["project"]] in call.caller.projects
    ]
    return collection([await view(call, row) for row in sorted(found, key=lambda row: str(row["name"]))])


@endpoint("POST", REPOSITORIES, "vso.code_manage")
async def create(call: Call) -> object:
    """A new, empty repository."""
    name = str(call.member("name"))
    given = mapping(call.object_body(), "project")
    project = call.project() if "project" in call.route else None
    if project is None:
        named = str(given.get("id") or given.get("name") or "")
        project = call.visible(call.organization.project(named), named)
    if any(row["name"].lower() == name.lower() for row in call.organization.rows(REPOSITORY, project["id"])):
        raise failure("GitRepositoryNameAlreadyExistsException", name=name)
    row = repository_row(project["id"], project["name"], name)
    with call.kernel.store.transaction():
        call.organization.save(REPOSITORY, row)
        call.kernel.log.record(
            "RepositoryCreated", name, {"project": project["name"], "repositoryId": row["id"]}
        )
    await call.azure.refs.ensure(row)
    return Answer(201, await view(call, row))
