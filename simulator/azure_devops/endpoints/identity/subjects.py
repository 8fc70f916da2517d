"""The people and teams of the organization as one list of subjects, found by any of their names."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from simulator.azure_devops import identities
from simulator.azure_devops.endpoint import Call
from simulator.azure_devops.endpoints.core.teams import members_of
from simulator.azure_devops.organization import Row


@dataclass(frozen=True)
class Subject:
    """A person, or a team with its `members` (ids)."""

    id: str
    display: str
    unique_name: str
    descriptor: str
    subject_descriptor: str
    domain: str
    name: str
    members: tuple[str, ...] = ()
    is_group: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that it is called, in lower case."""
        texts = (self.id, self.display, self.unique_name, self.descriptor, self.subject_descriptor, self.name)
        return tuple(text.lower() for text in texts)


def people(call: Call) -> list[Subject]:
    """Everyone of the topology."""
    found = []
    for person in call.organization.topology.people:
        identity = identities.of_person(person)
        descriptor = identities.descriptor_of(identity)
        subject = identity.descriptor
        names = (identity.display, identity.unique_name, descriptor, subject)
        found.append(Subject(identity.id, *names, domain=identities.TENANT, name=person.name))
    return found


def groups(call: Call) -> list[Subject]:
    """The teams of the projects that the caller sees."""
    seen = [row for row in call.organization.projects() if row["name"] in call.caller.projects]
    return [_group(call, project, team) for project in seen for team in project["teams"]]


def _group(call: Call, project: Row, team: Row) -> Subject:
    identifier = identities.security_identifier(team["id"])
    name = f"[{project['name']}]\\{team['name']}"
    return Subject(
        team["id"],
        name,
        name,
        f"Microsoft.TeamFoundation.Identity;{identifier}",
        f"vssgp.{base64.urlsafe_b64encode(identifier.encode()).decode().rstrip('=')}",
        f"vstfs:///Classification/TeamProject/{project['id']}",
        team["name"],
        tuple(member.id for member in members_of(call, team)),
        is_group=True,
    )


def everyone(call: Call) -> list[Subject]:
    """People, then teams."""
    return people(call) + groups(call)


def find(call: Call, name: str) -> Subject | None:
    """The subject that an id, a descriptor or a name means."""
    wanted = name.lower()
    return next((subject for subject in everyone(call) if wanted in subject.names), None)
