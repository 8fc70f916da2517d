"""Where in the security namespaces a protected resource of pipelines stands, for who administers it. Pure."""

from __future__ import annotations

from simulator.azure_devops.security import namespaces, tokens


def place(project: str, kind: str, identifier: str) -> tuple[str, str, str] | None:
    """Namespace, token and permission of who administers a resource; None for a kind that is none."""
    wanted = kind.lower()
    if wanted == "environment":
        return namespaces.ENVIRONMENT, tokens.environment(project, identifier), "Administer"
    if wanted == "endpoint":
        return namespaces.SERVICE_ENDPOINTS, tokens.endpoint(project, identifier), "Administer"
    if wanted in ("variablegroup", "securefile"):
        shown = "VariableGroup" if wanted == "variablegroup" else "SecureFile"
        return namespaces.LIBRARY, tokens.library(project, shown, identifier), "Administer"
    if wanted == "queue":
        return namespaces.DISTRIBUTED_TASK, tokens.queue(project, identifier), "AdministerPermissions"
    if wanted == "repository":
        owner, _, name = identifier.rpartition(".")
        return namespaces.GIT, tokens.repository(owner or project, name), "ManagePermissions"
    return None
