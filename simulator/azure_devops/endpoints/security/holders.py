"""Who stands behind a descriptor: a person, a team, a group or a build service of the organization."""

from __future__ import annotations

from simulator.azure_devops.identities import build_service, descriptor_of, group_descriptor, of_person
from simulator.azure_devops.organization import Organization
from simulator.azure_devops.security.groups import VALID_USERS, group_id


def identifier_of(organization: Organization, descriptor: str) -> str | None:
    """The id of the identity with that descriptor (any case), or None."""
    wanted = descriptor.lower()
    for identity in (
        *(of_person(person) for person in organization.topology.people),
        *(build_service(row["name"], organization.name) for row in organization.projects()),
    ):
        if descriptor_of(identity).lower() == wanted:
            return identity.id
    teams = [team["id"] for row in organization.projects() for team in row["teams"]]
    groups = [row["id"] for row in organization.rights.groups.all()]
    return next((one for one in (*groups, *teams) if group_descriptor(one).lower() == wanted), None)


def around(organization: Organization, descriptor: str) -> frozenset[str]:
    """The descriptor and those of all groups around its holder, in lower case."""
    identifier = identifier_of(organization, descriptor)
    if identifier is None:
        return frozenset((descriptor.lower(),))
    every = organization.rights.groups.around(identifier) | {group_id("", VALID_USERS)}
    return frozenset((descriptor.lower(), *(group_descriptor(one).lower() for one in every)))
