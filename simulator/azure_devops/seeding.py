"""What the topology says of Azure DevOps becomes rows, once: later changes by REST are kept over restarts."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops import organization as rows
from simulator.azure_devops.identities import stable_id
from simulator.azure_devops.organization import Organization
from simulator.azure_devops.pipelines import agent_rows
from simulator.azure_devops.pipelines.gates import permissions, stage_resources
from simulator.azure_devops.pipelines.starting import new_environments
from simulator.azure_devops.policies.configurations import Configurations
from simulator.azure_devops.policies.types import MERGE_STRATEGY
from simulator.azure_devops.security import beginning
from simulator.topology import Environment, Project, ServiceConnection

POOLS = {"Default": False, "Azure Pipelines": True}
APPROVAL_CHECK = {"id": "8c6f20a7-a545-4486-9777-f762fafe0d4d", "name": "Approval"}
DEFAULT_CHECK_TIMEOUT_MINUTES = 43200


def seed(organization: Organization) -> None:
    """Write the rows of each project of the topology that is not there yet."""
    with organization.kernel.store.transaction():
        beginning.organization(organization.rights)
        for project in organization.topology.projects:
            identifier = stable_id("project", project.name)
            row = organization.kernel.store.get(rows.PROJECT, identifier)
            if row is not None and row.get("state") == "deleted":
                continue
            if row is None:
                _project(organization, project, identifier)
            _queues(organization, identifier)
            _open_to_all(organization, project, identifier)
        for row in organization.projects():
            _secure(organization, row)
        organization.rights.groups.follow(beginning.memberships(organization.topology))
        agent_rows.seed(organization)


def seed_project(organization: Organization, project: Project, identifier: str) -> None:
    """A project that people make: what it names, and the queues and openings that every project has."""
    _project(organization, project, identifier)
    _queues(organization, identifier)
    _open_to_all(organization, project, identifier)
    _secure(organization, organization.project(identifier))


def _secure(organization: Organization, row: dict[str, Any]) -> None:
    """Groups, lists and roles of a project that has none yet; one that is older than they are gets them too."""
    if not beginning.project(organization.rights, row, organization.name):
        return
    organization.save(rows.PROJECT, row)
    for project in organization.topology.projects:
        if stable_id("project", project.name) == row["id"]:
            found = organization.rows(rows.ENVIRONMENT, row["id"])
            numbers = {each["name"]: int(each["id"]) for each in found}
            beginning.roles(organization.rights, organization.topology, project, row["id"], numbers)


def _project(organization: Organization, project: Project, identifier: str) -> None:
    created = organization.kernel.clock.iso()
    teams = [{"id": stable_id("team", project.name, team), "name": team} for team in project.teams]
    row = {"id": identifier, "name": project.name, "description": "", "created": created, "teams": teams}
    organization.save(rows.PROJECT, row)
    for name in project.repositories:
        row = repository_row(identifier, project.name, name)
        organization.save(rows.REPOSITORY, row)
        if name in project.pull_request_required:
            _pull_requests_only(organization, row)
    for environment in project.environments:
        _environment(organization, identifier, environment, created)
    for connection in project.service_connections:
        organization.save(
            rows.SERVICE_ENDPOINT, _connection(organization, identifier, project.name, connection)
        )
    for name, variables in project.variable_groups.items():
        values = {key: {"value": value, "isSecret": False} for key, value in variables.items()}
        organization.save(rows.VARIABLE_GROUP, variable_group_row(organization, identifier, name, values))
    for entry in project.pipelines:
        repository = stable_id("repository", project.name, entry.repository)
        organization.save(
            rows.DEFINITION, definition_row(organization, identifier, entry.name, repository, entry.path)
        )


def _open_to_all(organization: Organization, project: Project, identifier: str) -> None:
    """What the topology names is open to every pipeline, unless somebody has said otherwise since."""
    named = [("environment", environment.name) for environment in project.environments]
    named += [("endpoint", connection.name) for connection in project.service_connections]
    named += [("variablegroup", name) for name in project.variable_groups]
    named += [("queue", name) for name in POOLS]
    for kind, name in named:
        found = stage_resources.lookup(organization, identifier, kind, name)
        key = permissions.key(kind, found["id"]) if found else ""
        if found and organization.kernel.store.get(permissions.KIND, key) is None:
            by = organization.topology.test_person
            permissions.open_to_all(organization, kind, found["id"], identifier, by)


def _queues(organization: Organization, project: str) -> None:
    """The pools that every organization has, and the project's queues of them."""
    for name, hosted in POOLS.items():
        pool = next((row for row in organization.rows(rows.POOL) if row["name"] == name), None)
        if pool is None:
            pool = {**pool_row(organization, name, hosted, organization.topology.test_person), "ours": True}
            organization.save(rows.POOL, pool)
        if organization.queue_named(project, name) is None:
            organization.save(rows.QUEUE, queue_row(organization, project, name, pool["id"]))


def pool_row(organization: Organization, name: str, hosted: bool, creator: str) -> dict[str, Any]:
    """The row of an agent pool with the next number."""
    return {
        "id": organization.next_number("pool"),
        "name": name,
        "isHosted": hosted,
        "poolType": "automation",
        "autoProvision": True,
        "autoUpdate": True,
        "autoSize": True,
        "createdBy": creator,
        "created": organization.kernel.clock.iso(),
        "properties": {},
    }


def queue_row(organization: Organization, project: str, name: str, pool: int) -> dict[str, Any]:
    """The row of a project's queue of a pool, with the next number."""
    return {"id": organization.next_number("queue"), "project": project, "name": name, "pool": pool}


def _pull_requests_only(organization: Organization, repository: dict[str, Any]) -> None:
    """A policy that lets any merge strategy pass: the default branch changes by pull requests only."""
    strategies = ("allowNoFastForward", "allowSquash", "allowRebase", "allowRebaseMerge")
    scope = [{"repositoryId": repository["id"], "refName": repository["defaultBranch"], "matchKind": "Exact"}]
    policy = {
        "type": {"id": MERGE_STRATEGY},
        "settings": {**dict.fromkeys(strategies, True), "scope": scope},
    }
    Configurations(organization).save(repository["project"], policy, organization.topology.test_person)


def repository_row(project: str, project_name: str, name: str) -> dict[str, Any]:
    """The row of a repository."""
    return {
        "id": stable_id("repository", project_name, name),
        "project": project,
        "name": name,
        "defaultBranch": "refs/heads/main",
    }


def definition_row(
    organization: Organization, project: str, name: str, repository: str, path: str
) -> dict[str, Any]:
    """The row of a YAML pipeline with the next number."""
    return {
        "id": organization.next_number("definition"),
        "project": project,
        "name": name,
        "repository": repository,
        "path": path.lstrip("/"),
        "revision": 1,
        "created": organization.kernel.clock.iso(),
        "counters": {},
        "variables": {},
    }


def variable_group_row(
    organization: Organization, project: str, name: str, variables: dict[str, Any], description: str = ""
) -> dict[str, Any]:
    """The row of a variable group with the next number."""
    return {
        "id": organization.next_number("variable_group"),
        "project": project,
        "name": name,
        "description": description,
        "variables": variables,
        "created": organization.kernel.clock.iso(),
    }


def _environment(organization: Organization, project: str, environment: Environment, created: str) -> None:
    creator = organization.topology.test_person
    row = new_environments.row_of(organization, project, environment.name, "", creator)
    organization.save(rows.ENVIRONMENT, row)
    if not environment.approvers:
        return
    settings = {
        "approvers": list(environment.approvers),
        "executionOrder": "anyOrder",
        "minRequiredApprovers": 1,
        "instructions": "",
        "requesterCannotBeApprover": not environment.requester_can_approve,
        "blockedApprovers": [],
    }
    check = {
        "id": organization.next_number("check_configuration"),
        "project": project,
        "type": APPROVAL_CHECK,
        "settings": settings,
        "resource": {"type": "environment", "id": str(row["id"]), "name": environment.name},
        "timeout": DEFAULT_CHECK_TIMEOUT_MINUTES,
        "createdBy": creator,
        "created": created,
        "version": 1,
    }
    organization.save(rows.CHECK, check)


def _connection(
    organization: Organization, project: str, project_name: str, connection: ServiceConnection
) -> dict[str, Any]:
    person = organization.topology.person(connection.person)
    parameters = {
        "username": person.access_key_id,
        "password": person.secret_access_key,
        "assumeRoleArn": connection.assume_role,
    }
    return {
        "id": stable_id("service connection", project_name, connection.name),
        "project": project,
        "name": connection.name,
        "type": connection.type,
        "url": "https://aws.amazon.com/",
        "description": "",
        "authorization": {
            "scheme": "UsernamePassword",
            "parameters": {k: v for k, v in parameters.items() if v},
        },
        "data": {},
        "createdBy": organization.topology.test_person,
    }
