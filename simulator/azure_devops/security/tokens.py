"""How the service names what permissions are about: the tokens of its namespaces. Pure.

Source: Microsoft Learn, "Security namespace and permission reference"; the devblogs article "Git repo tokens for the
security service" for branches; the token of an agent queue and of hooks as the Terraform provider writes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

COLLECTION = "NAMESPACE:"
POOLS = "AgentPools"
REPOSITORIES = "repoV2"
_BRANCH = "refs/heads/"


def project(identifier: str) -> str:
    """A project."""
    return f"$PROJECT:vstfs:///Classification/TeamProject/{identifier}"


def repositories(project: str) -> str:
    """All repositories of a project."""
    return f"{REPOSITORIES}/{project}"


def repository(project: str, identifier: str) -> str:
    """One repository."""
    return f"{REPOSITORIES}/{project}/{identifier}"


def of_repository(row: Mapping[str, Any]) -> str:
    """The token of a repository's row."""
    return repository(row["project"], row["id"])


def ref(project: str, repository_id: str, name: str) -> str:
    """A branch, tag or note: the parts of a branch's name as hexadecimal UTF-16, because tokens know no case."""
    root = repository(project, repository_id)
    if not name.startswith(_BRANCH):
        return f"{root}/{name}"
    parts = name.removeprefix(_BRANCH).split("/")
    return f"{root}/{_BRANCH}" + "/".join(part.encode("utf-16-le").hex() for part in parts)


def builds(project: str, folder: str = "\\", definition: int | str = "") -> str:
    """The pipelines of a project, of a folder of it, or one of them."""
    parts = (project, *(part for part in folder.split("\\") if part), str(definition))
    return "/".join(part for part in parts if part)


def of_definition(project: str, row: Mapping[str, Any] | None) -> str:
    """The token of a pipeline's row; without one, that of all pipelines of the project."""
    return builds(project, str(row.get("folder", "\\")), row["id"]) if row else builds(project)


def environment(project: str, identifier: int | str = "") -> str:
    """The environments of a project, or one."""
    return f"Environments/{project}/{identifier}".rstrip("/")


def endpoint(project: str, identifier: str = "") -> str:
    """The service connections of a project, or one."""
    return f"endpoints/{project}/{identifier}".rstrip("/")


def library(project: str, kind: str = "", identifier: int | str = "") -> str:
    """The library of a project, or one `VariableGroup` or `SecureFile` of it."""
    return f"Library/{project}/{kind}/{identifier}".rstrip("/")


def pool(identifier: int | str) -> str:
    """An agent pool."""
    return f"{POOLS}/{identifier}"


def queue(project: str, identifier: int | str = "") -> str:
    """The agent queues of a project, or one."""
    return f"AgentQueues/{project}/{identifier}".rstrip("/")


def hooks(project: str = "") -> str:
    """The service hooks of a project, or of all."""
    return f"PublisherSecurity/{project}".rstrip("/")


def groups(project: str, identifier: str = "") -> str:
    """The groups of a project, or of the organization, or one of them."""
    scope = project or "organization"
    return f"{scope}\\{identifier}" if identifier else scope
