"""What the scope of a token includes: pure."""

from __future__ import annotations

from collections.abc import Iterable

FULL = "app_token"

# Each scope includes what stands to its left (Microsoft Learn, "OAuth scopes": "inherits from").
_LADDERS = (
    ("vso.advsec", "vso.advsec_write", "vso.advsec_manage"),
    ("vso.agentpools", "vso.agentpools_manage"),
    ("vso.analytics",),
    ("vso.auditlog", "vso.auditstreams_manage"),
    ("vso.build", "vso.build_execute"),
    ("vso.code", "vso.code_status", "vso.code_write", "vso.code_manage", "vso.code_full"),
    ("vso.connected_server",),
    ("vso.dashboards", "vso.dashboards_manage"),
    ("vso.entitlements",),
    ("vso.environment_manage",),
    ("vso.extension", "vso.extension_manage"),
    ("vso.extension.data", "vso.extension.data_write"),
    ("vso.gallery", "vso.gallery_acquire", "vso.gallery_publish", "vso.gallery_manage"),
    ("vso.graph", "vso.graph_manage"),
    ("vso.governance",),
    ("vso.hooks", "vso.hooks_write"),
    ("vso.identity", "vso.identity_manage"),
    ("vso.loadtest", "vso.loadtest_write"),
    ("vso.memberentitlementmanagement", "vso.memberentitlementmanagement_write"),
    ("vso.notification", "vso.notification_write", "vso.notification_manage"),
    ("vso.notification_diagnostics",),
    ("vso.packaging", "vso.packaging_write", "vso.packaging_manage"),
    ("vso.pipelineresources_use", "vso.pipelineresources_manage"),
    ("vso.profile", "vso.profile_write"),
    ("vso.project", "vso.project_write", "vso.project_manage"),
    ("vso.release", "vso.release_execute", "vso.release_manage"),
    ("vso.securefiles_read", "vso.securefiles_write", "vso.securefiles_manage"),
    ("vso.security_manage",),
    ("vso.serviceendpoint", "vso.serviceendpoint_query", "vso.serviceendpoint_manage"),
    ("vso.settings", "vso.settings_write"),
    ("vso.symbols", "vso.symbols_write", "vso.symbols_manage"),
    ("vso.taskgroups_read", "vso.taskgroups_write", "vso.taskgroups_manage"),
    ("vso.test", "vso.test_write"),
    ("vso.threads_full",),
    ("vso.tokenadministration",),
    ("vso.tokens",),
    ("vso.variablegroups_read", "vso.variablegroups_write", "vso.variablegroups_manage"),
    ("vso.wiki", "vso.wiki_write"),
    ("vso.work", "vso.work_write", "vso.work_full"),
)
# What every token of a member may read, so that clients can find their way, and what a scope brings of another kind.
_IMPLIED = {
    "vso.code": ("vso.project", "vso.profile", "vso.hooks_write"),
    "vso.build": ("vso.project", "vso.profile", "vso.test", "vso.hooks_write"),
    "vso.work": ("vso.hooks_write",),
    "vso.environment_manage": ("vso.project", "vso.profile"),
    "vso.project": ("vso.profile",),
    "vso.graph": ("vso.profile",),
    "vso.identity": ("vso.profile",),
    "vso.auditstreams_manage": ("vso.auditlog",),
}

JOB_SCOPES = (
    "vso.code_manage",
    "vso.build_execute",
    "vso.test_write",
    "vso.variablegroups_manage",
    "vso.securefiles_read",
    "vso.project",
)
"""What a job's token (System.AccessToken) may be used for; what it may do is what the project's build service may."""


def known(scope: str) -> bool:
    """Whether the service has that scope."""
    return scope == FULL or any(scope in ladder for ladder in _LADDERS)


def expanded(scopes: Iterable[str]) -> frozenset[str]:
    """The scopes and all that they include."""
    found = set(scopes)
    while True:
        more = {
            lower
            for scope in found
            for ladder in _LADDERS
            if scope in ladder
            for lower in ladder[: ladder.index(scope)]
        }
        more.update(implied for scope in found for implied in _IMPLIED.get(scope, ()))
        if more <= found:
            return frozenset(found)
        found |= more


def narrowed(asked: Iterable[str], held: Iterable[str]) -> frozenset[str]:
    """What a token with the scopes `asked` may do for someone who holds `held`."""
    wanted, owned = expanded(asked), expanded(held)
    if FULL in wanted:
        return owned
    return wanted if FULL in owned else wanted & owned


def allows(scopes: Iterable[str], needed: str | None) -> bool:
    """Whether a token with `scopes` may do what needs `needed` (None: any token)."""
    held = expanded(scopes)
    return needed is None or FULL in held or needed in held
