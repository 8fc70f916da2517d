"""Policy configurations: rows with revisions, checked settings, and the branches that a scope means."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.organization import Organization, Row, number_key
from simulator.azure_devops.policies import types
from simulator.azure_devops.policies.types import TYPES
from simulator.azure_devops.shapes import mapping, mappings, texts

CONFIGURATION = "azure_devops.policy_configuration"
_REVISION = "azure_devops.policy_revision"
_MATCHES = {"exact": "Exact", "prefix": "Prefix", "defaultbranch": "DefaultBranch"}


def _flags(*names: str) -> dict[str, Callable[[Any], Any]]:
    return dict.fromkeys(names, bool)


def _said(value: Any) -> bool:
    """True, or its word: the command line sends the word."""
    return str(value).lower() == "true"


def _texts(value: Any) -> list[str]:
    return list(texts({"value": value}, "value"))


_SETTINGS: dict[str, dict[str, Callable[[Any], Any]]] = {
    types.MINIMUM_REVIEWERS: {
        "minimumApproverCount": int,
        **_flags("creatorVoteCounts", "allowDownvotes", "resetOnSourcePush", "requireVoteOnLastIteration"),
        **_flags("resetRejectionsOnSourcePush", "blockLastPusherVote", "requireVoteOnEachIteration"),
    },
    types.REQUIRED_REVIEWERS: {
        "requiredReviewerIds": _texts,
        "filenamePatterns": _texts,
        "minimumApproverCount": int,
        "message": str,
        **_flags("addedFilesOnly", "creatorVoteCounts"),
    },
    types.BUILD: {
        "buildDefinitionId": int,
        "displayName": str,
        "validDuration": float,
        "filenamePatterns": _texts,
        **_flags("queueOnSourceUpdateOnly", "manualQueueOnly"),
    },
    types.STATUS: {
        "statusName": str,
        "statusGenre": str,
        "authorId": str,
        "defaultDisplayName": str,
        "policyApplicability": int,
        "filenamePatterns": _texts,
        **_flags("invalidateOnSourceUpdate"),
    },
    types.COMMENTS: {},
    types.WORK_ITEMS: {},
    types.MERGE_STRATEGY: _flags(
        "useSquashMerge", "allowNoFastForward", "allowSquash", "allowRebase", "allowRebaseMerge"
    ),
    types.FILE_SIZE: {"maximumGitBlobSizeInBytes": int, **_flags("useUncompressedSize")},
    types.FILE_NAME: {"filenamePatterns": _texts},
    types.PATH_LENGTH: {"maxPathLength": int},
    types.RESERVED_NAMES: {},
    types.AUTHOR_EMAIL: {"authorEmailPatterns": _texts},
    types.GIT_SETTINGS: {"enforceConsistentCase": _said},
}
_NEEDED = {
    types.MINIMUM_REVIEWERS: "minimumApproverCount",
    types.REQUIRED_REVIEWERS: "requiredReviewerIds",
    types.BUILD: "buildDefinitionId",
    types.STATUS: "statusName",
    types.FILE_SIZE: "maximumGitBlobSizeInBytes",
    types.FILE_NAME: "filenamePatterns",
    types.PATH_LENGTH: "maxPathLength",
    types.AUTHOR_EMAIL: "authorEmailPatterns",
}


class Configurations:
    """The policy configurations of the organization."""

    def __init__(self, organization: Organization) -> None:
        self._organization, self._kernel = organization, organization.kernel

    def of(self, project: str) -> list[Row]:
        """The configurations of a project (its id) that are not deleted, the oldest first."""
        return [row for row in self._organization.rows(CONFIGURATION, project) if not row["isDeleted"]]

    def find(self, project: str, number: str) -> Row:
        """The configuration of that number; 404 when there is none."""
        row = self._organization.numbered(CONFIGURATION, number)
        if row is None or row["isDeleted"] or row["project"] != project:
            raise failure("PolicyConfigurationNotFoundException", id=number)
        return row

    def revisions(self, row: Row) -> list[Row]:
        """Every state that a configuration had, the oldest first."""
        return [each for _, each in self._kernel.store.scan(_REVISION, f"{number_key(row['id'])}/")]

    def applying(self, repository: Row, ref: str) -> list[Row]:
        """The enabled configurations whose scope holds a branch of a repository; those that judge pushes are apart."""
        rows = self.of(repository["project"])
        found = [row for row in rows if row["isEnabled"] and not TYPES[row["type"]].inspects]
        return [row for row in found if any(in_scope(each, repository, ref) for each in scopes(row))]

    def save(self, project: str, given: dict[str, Any], by: str, known: Row | None = None) -> Row:
        """A new configuration, or the next revision of one; 400 for settings that its type has not."""
        kind = str(mapping(given, "type").get("id", "")).lower() or (known["type"] if known else "")
        if kind not in TYPES:
            raise failure("PolicyTypeNotFoundException", id=kind)
        row = {
            "id": known["id"] if known else self._organization.next_number("policy_configuration"),
            "project": project,
            "type": kind,
            "revision": known["revision"] + 1 if known else 1,
            "createdBy": by,
            "created": self._kernel.clock.iso(),
            "isEnabled": bool(given.get("isEnabled", True)),
            "isBlocking": bool(given.get("isBlocking", True)),
            "isDeleted": False,
            "settings": self._settings(project, kind, mapping(given, "settings")),
        }
        self._write(row, by)
        return row

    def delete(self, row: Row, by: str) -> None:
        """Take a configuration away; its revisions stay."""
        self._write({**row, "isDeleted": True, "revision": row["revision"] + 1}, by)

    def _write(self, row: Row, by: str) -> None:
        with self._kernel.store.transaction():
            self._organization.save(CONFIGURATION, row)
            self._kernel.store.put(_REVISION, f"{number_key(row['id'])}/{number_key(row['revision'])}", row)
            detail = {"policy": TYPES[row["type"]].name, "project": row["project"], "by": by}
            self._kernel.log.record("PolicyChanged", str(row["id"]), detail)

    def _settings(self, project: str, kind: str, given: dict[str, Any]) -> Row:
        """The settings as the service gives them back: what is false and was not there before is left out."""
        scope = [self._scope(project, kind, each) for each in mappings(given, "scope")]
        if not scope:
            raise invalid("The update for policy configuration was not valid: settings.scope is required.")
        members = _SETTINGS.get(kind, {})
        found: Row = {}
        try:
            for name, value in given.items():
                own = next((each for each in members if each.lower() == name.lower()), None)
                if (
                    own is not None
                    and value is not None
                    and not (value is False and kind == types.MERGE_STRATEGY)
                ):
                    found[own] = members[own](value)
        except (TypeError, ValueError) as error:
            raise invalid(f"The update for policy configuration was not valid: {error}") from error
        if needed := _NEEDED.get(kind):
            if not found.get(needed):
                raise invalid(
                    f"The update for policy configuration was not valid: settings.{needed} is required."
                )
        if kind == types.BUILD and self._organization.definition(project, found["buildDefinitionId"]) is None:
            raise failure("DefinitionNotFoundException", id=found["buildDefinitionId"])
        return {**found, "scope": scope}

    def _scope(self, project: str, kind: str, given: Row) -> Row:
        match = _MATCHES.get(str(given.get("matchKind") or "exact").lower())
        if match is None:
            raise invalid(
                "The update for policy configuration was not valid: matchKind is Exact, Prefix or DefaultBranch."
            )
        repository = given.get("repositoryId")
        if repository is not None:
            repository = self._organization.repository(str(repository), project)["id"]
        if TYPES[kind].inspects:
            return {"repositoryId": repository}
        if match == "DefaultBranch":
            return {"matchKind": match, "repositoryId": repository}
        return {"refName": given.get("refName"), "matchKind": match, "repositoryId": repository}


def scopes(row: Row) -> list[Row]:
    """The scopes of a configuration."""
    return list(row["settings"]["scope"])


def in_scope(scope: Row, repository: Row, ref: str) -> bool:
    """Whether a scope holds a branch: no repository means all of the project, no ref every branch."""
    if scope.get("repositoryId") not in (None, repository["id"]):
        return False
    if scope["matchKind"] == "DefaultBranch":
        return bool(ref == repository["defaultBranch"])
    wanted = scope.get("refName")
    if not wanted:
        return True
    return bool(ref.startswith(wanted) if scope["matchKind"] == "Prefix" else ref == wanted)
