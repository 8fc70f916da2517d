"""People and service identities in the form in which Azure DevOps shows them."""

from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass
from typing import Any

from simulator.topology import Person, Topology

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://simulator/azure-devops")


def stable_id(*names: str) -> str:
    """A GUID made from names: the same in every world with the same topology."""
    return str(uuid.uuid5(_NAMESPACE, "/".join(names).lower()))


@dataclass(frozen=True)
class Identity:
    """Someone that Azure DevOps knows; `name` is the topology's name of a person, or of a service."""

    id: str
    name: str
    display: str
    unique_name: str

    @property
    def descriptor(self) -> str:
        """The subject descriptor: a kind and an opaque text."""
        kind = "aad" if "@" in self.unique_name else "svc"
        return f"{kind}.{base64.urlsafe_b64encode(self.id.encode()).decode().rstrip('=')}"

    def reference(self, organization_url: str) -> dict[str, Any]:
        """The IdentityRef of the wire."""
        return {
            "displayName": self.display,
            "url": f"{organization_url}/_apis/Identities/{self.id}",
            "_links": {
                "avatar": {"href": f"{organization_url}/_apis/GraphProfile/MemberAvatars/{self.descriptor}"}
            },
            "id": self.id,
            "uniqueName": self.unique_name,
            "imageUrl": f"{organization_url}/_apis/GraphProfile/MemberAvatars/{self.descriptor}",
            "descriptor": self.descriptor,
        }


TENANT = stable_id("tenant")
"""The directory that the organization's people are from."""


def descriptor_of(identity: Identity) -> str:
    """The identity descriptor: kind of the identity and what names it there (recorded forms)."""
    if identity.name.startswith("build-service/"):
        return f"Microsoft.TeamFoundation.ServiceIdentity;{TENANT}:Build:{identity.id}"
    if "@" in identity.unique_name:
        return f"Microsoft.IdentityModel.Claims.ClaimsIdentity;{TENANT}\\{identity.unique_name}"
    return group_descriptor(identity.id)


def group_descriptor(identifier: str) -> str:
    """The identity descriptor of a group or team."""
    return f"Microsoft.TeamFoundation.Identity;{security_identifier(identifier)}"


def security_identifier(identifier: str) -> str:
    """The SID of a group: the service's authority, then the GUID's four words."""
    number = uuid.UUID(identifier).int
    words = "-".join(str(number >> shift & 0xFFFFFFFF) for shift in (96, 64, 32, 0))
    return f"S-1-9-1551374245-1-{words}"


def of_person(person: Person) -> Identity:
    """The identity of a person of the topology."""
    return Identity(stable_id("person", person.name), person.name, person.display, person.email)


def build_service(project: str, organization: str) -> Identity:
    """The identity that a project's jobs act as."""
    display = f"{project} Build Service ({organization})"
    return Identity(
        stable_id("build service", project), f"build-service/{project}", display, f"Build\\{project}"
    )


def team(project: str, name: str) -> Identity:
    """The identity of a project's team."""
    identifier = stable_id("team", project, name)
    return Identity(
        identifier, f"team/{project}/{name}", f"[{project}]\\{name}", f"vstfs:///Framework/Group/{identifier}"
    )


def by_name(topology: Topology, name: str) -> Identity:
    """The identity of that name: a person's, or a build service's."""
    kind, _, project = name.partition("/")
    if kind == "build-service":
        return build_service(project, topology.organization)
    if kind == "team":
        owner, _, short = project.partition("/")
        return team(owner, short)
    return of_person(topology.person(name))


def find(topology: Topology, reference: str) -> Identity | None:
    """The person or the team that an id, a descriptor, an e-mail address or a name means."""
    wanted = reference.lower()
    for person in topology.people:
        identity = of_person(person)
        if wanted in (identity.id, identity.descriptor.lower(), person.email.lower(), person.name.lower()):
            return identity
    teams = [team(project.name, name) for project in topology.projects for name in project.teams]
    return next(
        (one for one in teams if wanted in (one.id, one.descriptor.lower(), one.display.lower())), None
    )
