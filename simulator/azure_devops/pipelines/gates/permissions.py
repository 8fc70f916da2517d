"""Which pipelines may use which protected resource: rows that people write by Permit, and what they come to.

A resource of the topology is open to every pipeline: its owner has said so. What is made later asks for a permit at its
first use. A repository asks only after somebody has restricted it, as where the project's setting "Protect access to
repositories in YAML pipelines" is off.
"""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.organization import Organization, Row

KIND = "azure_devops.pipeline_permission"
TYPES = ("environment", "endpoint", "variablegroup", "queue", "repository", "securefile")


class Permissions:
    """The pipeline permissions of the organization."""

    def __init__(self, organization: Organization) -> None:
        self._organization, self._kernel = organization, organization.kernel

    def of(self, kind: str, identifier: str, project: str) -> Row:
        """The permissions of a resource; one without a row is closed, a repository open."""
        found = self._kernel.store.get(KIND, key(kind, identifier))
        if found is not None:
            return found
        opened = {"by": self._organization.topology.test_person, "on": None} if kind == "repository" else None
        return {"type": kind, "id": identifier, "project": project, "all": opened, "pipelines": {}}

    def allows(self, resource: Row, project: str, definition: int) -> bool:
        """Whether a pipeline may use the resource."""
        row = self.of(resource["type"], resource["id"], project)
        return row["all"] is not None or str(definition) in row["pipelines"]

    def change(self, row: Row, everybody: bool | None, pipelines: dict[int, bool], by: str) -> Row:
        """Permit or forbid all pipelines (None: leave it), and some of them; in the caller's transaction."""
        granted = {"by": by, "on": self._kernel.clock.now()}
        if everybody is not None:
            row["all"] = (row["all"] or granted) if everybody else None
        for definition, allowed in pipelines.items():
            if allowed:
                row["pipelines"].setdefault(str(definition), granted)
            else:
                row["pipelines"].pop(str(definition), None)
        self._kernel.store.put(KIND, key(row["type"], row["id"]), row)
        told: dict[str, Any] = {"resource": row["type"], "id": row["id"], "by": by}
        told["pipelines"] = "all" if row["all"] else sorted(row["pipelines"])
        self._kernel.log.record("PipelinePermissionChanged", f"{row['type']} {row['id']}", told)
        return row


def key(kind: str, identifier: str) -> str:
    """The store key of a resource's permissions."""
    return f"{kind}/{identifier.lower()}"


def open_to_all(organization: Organization, kind: str, identifier: str, project: str, by: str) -> None:
    """Let every pipeline use a resource: for those of the topology and those that ask for it when they are made."""
    opened = {"by": by, "on": organization.kernel.clock.now()}
    row = {"type": kind, "id": identifier, "project": project, "all": opened, "pipelines": {}}
    organization.kernel.store.put(KIND, key(kind, identifier), row)
