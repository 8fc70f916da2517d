"""Roles: the names that the portal gives to sets of permissions on pipelines' resources, by scope. Pure.

Source: Microsoft Learn, "About pipeline security roles"; scopes and resource ids as public clients write them
(microsoft/terraform-provider-azuredevops, azsk/ADOScanner).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from simulator.azure_devops.security import tokens
from simulator.azure_devops.security.defaults import ALL, LIBRARY_ADMINISTRATOR
from simulator.azure_devops.security.namespaces import (
    DISTRIBUTED_TASK,
    ENVIRONMENT,
    LIBRARY,
    SERVICE_ENDPOINTS,
    known,
)

_TASK_ROLES = {
    "Reader": ("View",),
    "User": ("View", "Use"),
    "Creator": ("View", "Create"),
    "Administrator": ALL,
}
_ROLES: dict[str, dict[str, tuple[str, ...]]] = {
    ENVIRONMENT: _TASK_ROLES,
    DISTRIBUTED_TASK: _TASK_ROLES,
    LIBRARY: {**_TASK_ROLES, "Administrator": LIBRARY_ADMINISTRATOR},
    SERVICE_ENDPOINTS: {
        "Reader": ("ViewEndpoint",),
        "User": ("ViewEndpoint", "Use"),
        "Creator": ("ViewEndpoint", "Create"),
        "Administrator": ALL,
    },
}
_ADMINISTERS = {
    ENVIRONMENT: "Administer",
    DISTRIBUTED_TASK: "AdministerPermissions",
    LIBRARY: "Administer",
    SERVICE_ENDPOINTS: "Administer",
}
_DESCRIPTIONS = {
    "Reader": "Can view",
    "User": "Can view and use",
    "Creator": "Can view and create",
    "Administrator": "Can administer, create, manage, view and use",
}


@dataclass(frozen=True)
class RoleScope:
    """One kind of resource: its namespace, how its resource ids become tokens, and the roles that it has."""

    name: str
    space: str
    token: Callable[[str, str], str]
    separator: str = "_"
    creates: bool = False

    def token_of(self, resource: str) -> str | None:
        """The token of a resource id (`{project}_{id}`, `{project}${id}`, `{project}`, `{pool}`); None for another."""
        project, _, identifier = resource.partition(self.separator) if self.separator else (resource, "", "")
        return self.token(project, "" if self.creates else identifier) if project else None

    @property
    def roles(self) -> dict[str, int]:
        """The mask of each role; only what holds resources can be created in."""
        space = known(self.space)
        named = {name: space.mask(*permissions) for name, permissions in _ROLES[self.space].items()}
        return {name: mask for name, mask in named.items() if self.creates or name != "Creator"}

    @property
    def administers(self) -> str:
        """The permission that lets somebody give roles."""
        return _ADMINISTERS[self.space]

    def role_of(self, allow: int) -> str | None:
        """The role that a mask comes to: the one with the most permissions among those that it holds."""
        held = [
            (mask.bit_count(), name) for name, mask in self.roles.items() if mask and allow & mask == mask
        ]
        return max(held)[1] if held else None

    def described(self, name: str) -> dict[str, object]:
        """The SecurityRole of the wire."""
        return {
            "displayName": name,
            "name": name,
            "allowPermissions": self.roles[name],
            "denyPermissions": 0,
            "identifier": f"{self.name}.{name}",
            "description": _DESCRIPTIONS[name],
            "scope": self.name,
        }


def _library(kind: str) -> Callable[[str, str], str]:
    return lambda project, identifier: tokens.library(project, kind, identifier)


_TABLE = (
    RoleScope("distributedtask.environmentreferencerole", ENVIRONMENT, tokens.environment),
    RoleScope("distributedtask.globalenvironmentreferencerole", ENVIRONMENT, tokens.environment, "", True),
    RoleScope("distributedtask.serviceendpointrole", SERVICE_ENDPOINTS, tokens.endpoint),
    RoleScope("distributedtask.project.serviceendpointrole", SERVICE_ENDPOINTS, tokens.endpoint, "", True),
    RoleScope("distributedtask.variablegroup", LIBRARY, _library("VariableGroup"), "$"),
    RoleScope("distributedtask.securefile", LIBRARY, _library("SecureFile"), "$"),
    RoleScope("distributedtask.library", LIBRARY, lambda project, _: tokens.library(project), "$", True),
    RoleScope("distributedtask.agentqueuerole", DISTRIBUTED_TASK, tokens.queue),
    RoleScope("distributedtask.globalagentqueuerole", DISTRIBUTED_TASK, tokens.queue, "", True),
    RoleScope("distributedtask.agentpoolrole", DISTRIBUTED_TASK, lambda pool, _: tokens.pool(pool), ""),
    RoleScope("distributedtask.globalagentpoolrole", DISTRIBUTED_TASK, lambda _, __: tokens.POOLS, "", True),
)
SCOPES = {scope.name: scope for scope in _TABLE}
