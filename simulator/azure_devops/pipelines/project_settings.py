"""The settings of pipelines in a project, general ones and of retention; the defaults are a new organization's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.kernel.store import Store

_KIND = "azure_devops.general_settings"
_RETENTION = "azure_devops.project_retention"
_BUILD = ("azure_devops.pipeline_settings", "build")
RETENTION_DEFAULTS = {
    "purgeArtifacts": {"min": 1, "max": 60, "value": 30},
    "purgeRuns": {"min": 30, "max": 731, "value": 30},
    "purgePullRequestRuns": {"min": 1, "max": 30, "value": 10},
    "retainRunsPerProtectedBranch": {"min": 0, "max": 50, "value": 3},
}
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


def retention(store: Store, project: str) -> dict[str, dict[str, int]]:
    """How many days runs and artifacts of a project are kept, and how many recent runs a branch: value and limits."""
    kept = store.get(_RETENTION, project) or {}
    return {
        name: {**setting, "value": kept.get(name, setting["value"])}
        for name, setting in RETENTION_DEFAULTS.items()
    }


def change_retention(store: Store, project: str, values: Mapping[str, int]) -> None:
    """Keep other values, by the name of their setting."""
    store.put(_RETENTION, project, {**(store.get(_RETENTION, project) or {}), **values})


def build_settings(store: Store) -> dict[str, Any]:
    """What was changed of the organization's build settings."""
    return store.get(*_BUILD) or {}


def change_build_settings(store: Store, given: dict[str, Any]) -> None:
    """Keep other build settings."""
    store.put(*_BUILD, given)


def days_to_destroy(store: Store) -> int:
    """How many days a deleted run can still be listed."""
    return int(build_settings(store).get("daysToKeepDeletedBuildsBeforeDestroy") or 30)
