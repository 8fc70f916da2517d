"""Repositories: list, get, create, fork, rename, disable, delete, and the recycle bin that they go to."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.endpoints.core import projects
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.git import objects
from simulator.azure_devops.git.lineage import fork
from simulator.azure_devops.organization import DELETED_REPOSITORY, DESTROYED_REPOSITORY, REPOSITORY, Row
from simulator.azure_devops.security import tokens
from simulator.azure_devops.security.namespaces import GIT
from simulator.azure_devops.seeding import repository_row
from simulator.azure_devops.shapes import mapping

REPOSITORIES = "225f7195-f9c7-4d14-ab28-a83f7ff77e1f"
RECYCLE_BIN = "a663da97-81db-4eb3-8b83-287670f63073"
DELETED = "2b6869c4-cb25-42b5-b7a3-0d3e6be0a11a"
FORKS = "158c0340-bf6f-489c-9625-d572a1480d57"
STATS = "616a5255-74b3-40f5-ae1d-bbae2eec8db5"
_NOT_IN_A_NAME = set('\\/:*?"<>|;#$*{},+=[]')
_LONGEST_NAME = 64


async def view(call: Call, row: Row) -> Row:
    """The GitRepository of the wire; the default branch is shown once it exists."""
    return _view(call, row, await call.azure.refs.read(row))


def _view(call: Call, row: Row, refs: dict[str, str]) -> Row:
    value = shown(call, row)
    return {**value, "defaultBranch": row["defaultBranch"]} if row["defaultBranch"] in refs else value


def shown(call: Call, row: Row) -> Row:
    """The same without what must be read from the repository."""
    project = call.organization.project(row["project"])
    url = f"{call.url}/{project['id']}/_apis/git/repositories/{row['id']}"
    remote = f"{call.url}/{project['name']}/_git/{row['name']}"
    ssh = f"git@ssh.dev.azure.com:v3/{call.organization.name}/{project['name']}/{row['name']}"
    links = {
        "self": url,
        "project": f"vstfs:///Classification/TeamProject/{project['id']}",
        "web": remote,
        "ssh": ssh,
        "commits": f"{url}/commits",
        "refs": f"{url}/refs",
        "pullRequests": f"{url}/pullRequests",
        "items": f"{url}/items",
        "pushes": f"{url}/pushes",
    }
    value = {
        "id": row["id"],
        "name": row["name"],
        "url": url,
        "project": projects.reference(call, project),
        "size": call.azure.refs.size_bytes(row),
        "remoteUrl": remote,
        "sshUrl": ssh,
        "webUrl": remote,
        "isDisabled": bool(row.get("isDisabled")),
        "isInMaintenance": False,
        "_links": {name: {"href": href} for name, href in links.items()},
    }
    if not row.get("parent"):
        return value
    value["isFork"] = True
    if call.query.get("includeparent", "").lower() == "true":
        parent = call.kernel.store.get(REPOSITORY, row["parent"])
        if parent is not None:
            address = f"{call.url}/{parent['project']}/_apis/git/repositories/{parent['id']}"
            value["parentRepository"] = {"id": parent["id"], "name": parent["name"], "url": address}
    return value


@endpoint("GET", REPOSITORIES, "vso.code")
async def repositories(call: Call) -> object:
    """The repositories that the caller sees (of one project), or one."""
    if "repositoryid" in call.route:
        return await view(call, call.repository(disabled=True))
    project = call.project_or_none()
    names = {row["id"]: row["name"] for row in call.organization.projects()}
    found = [
        row
        for row in call.organization.rows(REPOSITORY, project["id"] if project else "")
        if names[row["project"]] in call.caller.projects
    ]
    found = call.permitted(GIT, "GenericRead", found, tokens.of_repository)
    return collection([_view(call, row, call.azure.refs.seen(row)) for row in sorted(found, key=_name)])


def _name(row: Row) -> str:
    return str(row["name"])


@endpoint("POST", REPOSITORIES, "vso.code_manage")
async def create(call: Call) -> object:
    """A new, empty repository, or with `parentRepository` a fork of one (`sourceRef`: of that branch only)."""
    name = str(call.member("name"))
    given = mapping(call.object_body(), "project")
    project = call.project() if "project" in call.route else None
    if project is None:
        named = str(given.get("id") or given.get("name") or "")
        project = call.visible(call.organization.project(named), named)
    _free_name(call, project["id"], name)
    row: Row = {**repository_row(project["id"], project["name"], name), "id": call.kernel.ids.uuid()}
    parent = _parent(call)
    if parent is not None:
        row |= {"parent": parent["id"], "defaultBranch": parent["defaultBranch"]}
    await call.azure.refs.ensure(row)
    if parent is not None:
        paths = call.azure.refs.path(parent), call.azure.refs.path(row)
        await fork(*paths, call.query.get("sourceref", ""))
    with call.kernel.store.transaction():
        call.organization.save(REPOSITORY, row)
        told = {"project": project["name"], "repositoryId": row["id"], "by": call.caller.identity.name}
        call.kernel.log.record("RepositoryCreated", name, told)
    async with call.azure.refs.lock(row):
        await call.azure.refs.observe(row, call.caller.identity.name)
    return Answer(201, await view(call, row))


def _parent(call: Call) -> Row | None:
    given = mapping(call.object_body(), "parentRepository")
    if not given:
        return None
    row = call.organization.repository(str(given.get("id", "")))
    owner = call.organization.project(row["project"])
    call.visible(owner, owner["name"])
    return row


def _free_name(call: Call, project: str, name: str, but: str = "") -> None:
    if (
        not name.strip()
        or len(name) > _LONGEST_NAME
        or _NOT_IN_A_NAME & set(name)
        or name.startswith((".", "_"))
    ):
        raise failure("InvalidGitRepositoryNameException", name=name)
    for row in call.organization.rows(REPOSITORY, project):
        if row["name"].lower() == name.lower() and row["id"] != but:
            raise failure("GitRepositoryNameAlreadyExistsException", name=name)


@endpoint("PATCH", REPOSITORIES, "vso.code_manage")
async def update(call: Call) -> object:
    """Rename, choose the default branch, disable or enable."""
    row, given = call.repository(disabled=True), call.object_body()
    changes: dict[str, Any] = {}
    if given.get("name") and given["name"] != row["name"]:
        _free_name(call, row["project"], str(given["name"]), row["id"])
        changes["name"] = str(given["name"])
    if branch := given.get("defaultBranch"):
        if await objects.resolve(call.azure.refs.path(row), str(branch)) is None:
            raise invalid(f"TF401019: The branch {branch} does not exist and cannot be the default branch.")
        changes["defaultBranch"] = str(branch)
    if given.get("isDisabled") is not None:
        changes["isDisabled"] = bool(given["isDisabled"])
    row = {**call.repository(disabled=True), **changes}
    with call.kernel.store.transaction():
        call.organization.save(REPOSITORY, row)
        told = {"repositoryId": row["id"], "changed": sorted(changes), "by": call.caller.identity.name}
        call.kernel.log.record("RepositoryUpdated", row["name"], told)
    await call.azure.refs.point_head(row)
    return await view(call, row)


@endpoint("DELETE", REPOSITORIES, "vso.code_manage")
async def delete(call: Call) -> object:
    """Into the recycle bin."""
    row = call.repository(disabled=True)
    deleted = {**row, "deletedBy": call.caller.identity.name, "deleted": call.kernel.clock.iso()}
    with call.kernel.store.transaction():
        call.kernel.store.delete(REPOSITORY, row["id"])
        call.organization.save(DELETED_REPOSITORY, deleted)
        told = {"repositoryId": row["id"], "by": call.caller.identity.name}
        call.kernel.log.record("RepositoryDeleted", row["name"], told)
    return Answer(204)


@endpoint("GET", RECYCLE_BIN, "vso.code")
async def recycle_bin(call: Call) -> object:
    """What was deleted and can be restored."""
    return collection([_deleted(call, row) for row in _binned(call)])


@endpoint("GET", DELETED, "vso.code")
async def deleted_repositories(call: Call) -> object:
    """The same list under its older address."""
    return await recycle_bin(call)


@endpoint("PATCH", RECYCLE_BIN, "vso.code_manage")
async def restore(call: Call) -> object:
    """Back from the recycle bin, if its name is still free."""
    row = _in_bin(call)
    _free_name(call, row["project"], row["name"])
    kept = {name: value for name, value in row.items() if name not in ("deleted", "deletedBy")}
    with call.kernel.store.transaction():
        call.kernel.store.delete(DELETED_REPOSITORY, row["id"])
        call.organization.save(REPOSITORY, kept)
        call.kernel.log.record("RepositoryRestored", row["name"], {"repositoryId": row["id"]})
    return await view(call, kept)


@endpoint("DELETE", RECYCLE_BIN, "vso.code_manage")
async def destroy(call: Call) -> object:
    """For ever, with all that it holds."""
    row = _in_bin(call)
    with call.kernel.store.transaction():
        call.kernel.store.delete(DELETED_REPOSITORY, row["id"])
        call.organization.save(DESTROYED_REPOSITORY, row)
        call.kernel.log.record("RepositoryDestroyed", row["name"], {"repositoryId": row["id"]})
    await call.azure.refs.remove(row)
    return Answer(204)


@endpoint("GET", FORKS, "vso.code")
async def forks(call: Call) -> object:
    """The forks of a repository."""
    row = call.repository()
    found = [each for each in call.organization.rows(REPOSITORY) if each.get("parent") == row["id"]]
    return collection([shown(call, each) for each in found])


@endpoint("GET", STATS, "vso.code")
async def stats(call: Call) -> object:
    """How many commits, branches and active pull requests there are."""
    row = call.repository()
    refs = await call.azure.refs.read(row)
    return {
        "repositoryId": row["id"],
        "commitsCount": await objects.count(call.azure.refs.path(row)) if refs else 0,
        "branchesCount": sum(name.startswith("refs/heads/") for name in refs),
        "activePullRequestsCount": len(call.azure.pull_requests.active(row["id"])),
    }


def _binned(call: Call) -> list[Row]:
    return call.organization.rows(DELETED_REPOSITORY, call.project()["id"])


def _in_bin(call: Call) -> Row:
    wanted = call.route["repositoryid"].lower()
    for row in _binned(call):
        if row["id"] == wanted:
            return row
    raise failure("GitRepositoryNotFoundException", name=call.route["repositoryid"])


def _deleted(call: Call, row: Row) -> Row:
    return {
        "id": row["id"],
        "name": row["name"],
        "project": projects.reference(call, call.organization.project(row["project"])),
        "deletedBy": call.person_reference(row["deletedBy"]),
        "deletedDate": row["deleted"],
    }
