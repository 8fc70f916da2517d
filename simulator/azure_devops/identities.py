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


def of_person(person: Person) -> Identity:
    """The identity of a person of the topology."""
    return Identity(stable_id("person", person.name), person.name, person.display, person.email)


def build_service(project: str, organization: str) -> Identity:
    """The identity that a project's jobs act as."""
    display = f"{project} Build Service ({organization})"
    return Identity(
        stable_id("build service", project), f"build-service/{project}", display, f"Build\\{project}"
    )


def by_name(topology: Topology, name: str) -> Identity:
    """The identity of that name: a person's, or a build service's."""
    kind, _, project = name.partition("/")
    if kind == "build-service":
        return build_service(project, topology.organization)
    return of_person(topology.person(name))


def find(topology: Topology, reference: str) -> Identity | None:
    """The person that an id, a descriptor, an e-mail address or a name means."""
    wanted = reference.lower()
    for person in topology.people:
        identity = of_person(person)
        if wanted in (identity.id, identity.descriptor.lower(), person.email.lower(), person.name.lower()):
            return identity
    return None
