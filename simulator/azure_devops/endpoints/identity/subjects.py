"""The people, build services, teams and groups of the organization as one list of subjects, found by any name."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from simulator.azure_devops import identities
from simulator.azure_devops.endpoint import Call
from simulator.azure_devops.organization import Row
from simulator.azure_devops.security.groups import COLLECTION_GROUPS

COLLECTION_DOMAIN = "vstfs:///Framework/IdentityDomain/"


@dataclass(frozen=True)
class Subject:
    """A person or build service, or a team or group with its direct `members` (ids).

    `project` is the id of the project that a group is of; `ours` is set for the groups that are always there.
    """

    id: str
    display: str
    unique_name: str
    descriptor: str
    subject_descriptor: str
    domain: str
    name: str
    members: tuple[str, ...] = ()
    is_group: bool = False
    project: str = ""
    ours: bool = False
    description: str = ""

    @property
    def is_service(self) -> bool:
        """Whether it is a build service."""
        return self.descriptor.startswith("Microsoft.TeamFoundation.ServiceIdentity;")

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that it is called, in lower case."""
        texts = (self.id, self.display, self.unique_name, self.descriptor, self.subject_descriptor, self.name)
        return tuple(text.lower() for text in texts)


def people(call: Call) -> list[Subject]:
    """Everyone of the directory whom nobody took out of the organization."""
    return [one for one in directory(call) if not call.organization.entitlements.is_gone(one.id)]


def directory(call: Call) -> list[Subject]:
    """Everyone of the topology."""
    found = (identities.of_person(person) for person in call.organization.topology.people)
    return [_identity(identity, identities.TENANT) for identity in found]


def services(call: Call) -> list[Subject]:
    """The build services of the projects that the caller sees."""
    found = (identities.build_service(row["name"], call.organization.name) for row in seen(call))
    return [_identity(identity, "Build") for identity in found]


def _identity(identity: identities.Identity, domain: str) -> Subject:
    names = (identity.display, identity.unique_name, identities.descriptor_of(identity), identity.descriptor)
    return Subject(identity.id, *names, domain=domain, name=identity.name)


def seen(call: Call) -> list[Row]:
    """The projects that the caller sees."""
    return [row for row in call.organization.projects() if row["name"] in call.caller.projects]


def groups(call: Call) -> list[Subject]:
    """The teams and groups of the projects that the caller sees, and the organization's groups."""
    projects = seen(call)
    names = {row["id"]: row["name"] for row in projects} | {"": call.organization.name}
    teams = [_group(call, row, team, row["name"]) for row in projects for team in row["teams"]]
    every = call.organization.rights.groups.all()
    held = [
        _group(call, {"id": row["project"]}, row, names[row["project"]])
        for row in every
        if row["project"] in names
    ]
    return teams + held


def _group(call: Call, project: Row, row: Row, scope: str) -> Subject:
    identifier = identities.security_identifier(row["id"])
    name = f"[{scope}]\\{row['name']}"
    where = project["id"]
    return Subject(
        row["id"],
        name,
        name,
        identities.group_descriptor(row["id"]),
        f"vssgp.{base64.urlsafe_b64encode(identifier.encode()).decode().rstrip('=')}",
        f"vstfs:///Classification/TeamProject/{where}"
        if where
        else COLLECTION_DOMAIN + call.organization.name,
        row["name"],
        tuple(call.organization.rights.groups.members(row["id"])),
        is_group=True,
        project=where,
        ours=bool(row.get("ours")) or row["name"] in COLLECTION_GROUPS,
        description=row.get("description", ""),
    )


def everyone(call: Call) -> list[Subject]:
    """People, build services, then teams and groups."""
    return people(call) + services(call) + groups(call)


def find(call: Call, name: str) -> Subject | None:
    """The subject that an id, a descriptor or a name means."""
    wanted = name.lower()
    return next((subject for subject in everyone(call) if wanted in subject.names), None)
