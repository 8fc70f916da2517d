"""What the topology says of groups and roles becomes rows: lists once for each project, memberships at each start."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.azure_devops.identities import descriptor_of, of_person, stable_id, team
from simulator.azure_devops.security import defaults, tokens
from simulator.azure_devops.security.groups import (
    ADMINISTRATORS,
    COLLECTION_GROUPS,
    PROJECT_GROUPS,
    VALID_USERS,
    Row,
    group_id,
)
from simulator.azure_devops.security.namespaces import ENVIRONMENT, known
from simulator.azure_devops.security.rights import Rights
from simulator.topology import Project, Topology

_INSIDE = {
    "Contributors": ("Endpoint Creators",),
    "Project Administrators": ("Endpoint Administrators",),
    "Build Administrators": ("Endpoint Administrators",),
    "Release Administrators": ("Endpoint Administrators",),
}


def organization(rights: Rights) -> None:
    """The groups and lists of the organization, where they are not there yet."""
    if rights.groups.find(group_id("", ADMINISTRATORS)) is not None:
        return
    for name, description in COLLECTION_GROUPS.items():
        rights.groups.save(_group("", name, description))
    rights.groups.add(group_id("", ADMINISTRATORS), group_id("", VALID_USERS))
    defaults.of_organization(rights.lists)


def project(rights: Rights, row: Row, organization_name: str) -> bool:
    """The groups and lists of a project; False when it had them already. Its teams are contributors."""
    identifier = row["id"]
    if rights.groups.find(group_id(identifier, "Contributors")) is not None:
        return False
    valid_users = group_id(identifier, "Project Valid Users")
    for name, description in PROJECT_GROUPS.items():
        rights.groups.save(_group(identifier, name, description))
        for outer in _INSIDE.get(name, ()):
            rights.groups.add(group_id(identifier, name), group_id(identifier, outer))
        if name != "Project Valid Users":
            rights.groups.add(group_id(identifier, name), valid_users)
    rights.groups.add(valid_users, group_id("", VALID_USERS))
    for each in row["teams"]:
        rights.groups.add(each["id"], group_id(identifier, "Contributors"))
        for person in each.pop("members", ()):
            rights.groups.add(stable_id("person", person), each["id"])
    defaults.of_project(rights.lists, identifier, row["name"], organization_name)
    return True


def roles(
    rights: Rights, topology: Topology, project: Project, identifier: str, numbers: dict[str, int]
) -> None:
    """The administrators of environments, whose numbers are given: those that the topology names."""
    every = known(ENVIRONMENT).mask(*defaults.ALL)
    for environment in project.environments:
        for name in environment.administrators:
            member = team(project.name, name) if name in project.teams else of_person(topology.person(name))
            token = tokens.environment(identifier, numbers[environment.name])
            rights.lists.grant(known(ENVIRONMENT), token, descriptor_of(member), every)


def memberships(topology: Topology) -> Iterator[tuple[str, str]]:
    """Pairs (member, container) that the topology says."""
    for name in topology.administrators:
        yield stable_id("person", name), group_id("", ADMINISTRATORS)
    named = {name for project in topology.projects for names in project.groups.values() for name in names}
    for project in topology.projects:
        identifier = stable_id("project", project.name)
        for group, names in project.groups.items():
            for name in names:
                yield _member(project, name), group_id(identifier, group)
        for person in topology.people:
            if person.team in project.teams:
                yield stable_id("person", person.name), stable_id("team", project.name, person.team)
            elif not person.team and person.name not in named:
                yield stable_id("person", person.name), group_id(identifier, "Contributors")


def _member(project: Project, name: str) -> str:
    return stable_id("team", project.name, name) if name in project.teams else stable_id("person", name)


def _group(project: str, name: str, description: str) -> Row:
    identifier = group_id(project, name)
    return {"id": identifier, "project": project, "name": name, "description": description, "ours": True}
