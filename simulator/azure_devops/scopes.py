"""What the scope of a token includes: pure."""

from __future__ import annotations

from collections.abc import Iterable

FULL = "app_token"

# Each scope includes what stands to its left (Microsoft Learn, "Scopes", OAuth page).
_LADDERS = (
    ("vso.code", "vso.code_status", "vso.code_write", "vso.code_manage", "vso.code_full"),
    ("vso.build", "vso.build_execute"),
    ("vso.project", "vso.project_write", "vso.project_manage"),
    ("vso.test", "vso.test_write"),
    ("vso.variablegroups_read", "vso.variablegroups_write", "vso.variablegroups_manage"),
    ("vso.securefiles_read", "vso.securefiles_write", "vso.securefiles_manage"),
    ("vso.pipelineresources_use", "vso.pipelineresources_manage"),
    ("vso.serviceendpoint", "vso.serviceendpoint_query", "vso.serviceendpoint_manage"),
)
# What every token of a member may read, so that clients can find their way.
_IMPLIED = {
    "vso.code": ("vso.project", "vso.profile"),
    "vso.build": ("vso.project", "vso.profile", "vso.test"),
    "vso.environment_manage": ("vso.project", "vso.profile"),
}

JOB_SCOPES = (
    "vso.code",
    "vso.build_execute",
    "vso.test_write",
    "vso.variablegroups_read",
    "vso.securefiles_read",
    "vso.project",
)
"""What a job's token (System.AccessToken) may do: the rights of the project's build service."""


def expanded(scopes: Iterable[str]) -> frozenset[str]:
    """The scopes and all that they include."""
    found = set(scopes)
    for scope in tuple(found):
        for ladder in _LADDERS:
            if scope in ladder:
                found.update(ladder[: ladder.index(scope)])
    for scope in tuple(found):
        found.update(_IMPLIED.get(scope, ()))
    return frozenset(found)


def allows(scopes: Iterable[str], needed: str | None) -> bool:
    """Whether a token with `scopes` may do what needs `needed` (None: any token)."""
    held = expanded(scopes)
    return needed is None or FULL in held or needed in held
