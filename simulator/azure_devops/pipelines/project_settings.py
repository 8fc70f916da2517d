"""The general settings of pipelines in a project; the defaults are a new organization's."""

from __future__ import annotations

from typing import Any

from simulator.kernel.store import Store

_KIND = "azure_devops.general_settings"
GENERAL_DEFAULTS = {
    "enforceReferencedRepoScopedToken": True,
    "disableClassicPipelineCreation": True,
    "disableClassicBuildPipelineCreation": True,
    "disableClassicReleasePipelineCreation": True,
    "forkProtectionEnabled": True,
    "buildsEnabledForForks": False,
    "enforceJobAuthScopeForForks": True,
    "enforceNoAccessToSecretsFromForks": True,
    "isCommentRequiredForPullRequest": True,
    "requireCommentsForNonTeamMembersOnly": False,
    "requireCommentsForNonTeamMemberAndNonContributors": False,
    "enableShellTasksArgsSanitizing": False,
    "enableShellTasksArgsSanitizingAudit": False,
    "disableImpliedYAMLCiTrigger": False,
    "statusBadgesArePrivate": True,
    "enforceSettableVar": True,
    "enforceJobAuthScope": True,
    "enforceJobAuthScopeForReleases": True,
    "publishPipelineMetadata": False,
}


def general(store: Store, project: str) -> dict[str, Any]:
    """The settings of a project (its id) as they are now."""
    return {**GENERAL_DEFAULTS, **(store.get(_KIND, project) or {})}


def change_general(store: Store, project: str, given: dict[str, Any]) -> None:
    """Keep other values."""
    store.put(_KIND, project, {**(store.get(_KIND, project) or {}), **given})
