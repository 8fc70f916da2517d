"""Who may move a ref: names that refs may have, permissions, locks, and the branches that take pull requests only."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from simulator.azure_devops.errors import CATALOGUE
from simulator.azure_devops.git.refs import NO_OBJECT, OWN_REFS
from simulator.azure_devops.identify import Caller
from simulator.azure_devops.organization import Organization, Row
from simulator.azure_devops.security import tokens
from simulator.azure_devops.security.namespaces import GIT, known
from simulator.kernel.errors import CallerError

_LOCK = "azure_devops.ref_lock"
_HEADS, _TAGS, _NOTES = "refs/heads/", "refs/tags/", "refs/notes/"
# What REST says of a ref that somebody may not move.
_STATUSES = {
    "GenericContribute": "writePermissionRequired",
    "CreateBranch": "createBranchPermissionRequired",
    "CreateTag": "createTagPermissionRequired",
    "ManageNote": "manageNotePermissionRequired",
    "ForcePush": "forcePushRequired",
}
_NOT_IN_A_NAME = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock(/|$)|/$|\.$")


@dataclass(frozen=True)
class Refusal:
    """Why a ref does not move: the updateStatus of REST, the error's code and text."""

    status: str
    code: str
    message: str

    def error(self) -> CallerError:
        """The same as an error of REST."""
        return CallerError(self.code, self.message, CATALOGUE[self.code].status)


def _refusal(status: str, code: str, **values: str) -> Refusal:
    return Refusal(status, code, CATALOGUE[code].message.format(**values))


def valid_name(name: str) -> bool:
    """Whether git takes it as the name of a ref (git-check-ref-format)."""
    return name.startswith("refs/") and name.count("/") >= 2 and not _NOT_IN_A_NAME.search(name)


def _needed(name: str, current: str, new: str, replaces: bool) -> tuple[str, ...]:
    """The permissions that a change of a ref needs: to take history away is a force push."""
    if name.startswith(_NOTES):
        return ("ManageNote",)
    if current == NO_OBJECT:
        return ("CreateTag",) if name.startswith(_TAGS) else ("GenericContribute", "CreateBranch")
    if new == NO_OBJECT or replaces or name.startswith(_TAGS):
        return ("ForcePush",)
    return ("GenericContribute",)


class Inspects(Protocol):
    """Looks into what a push brings."""

    def applies(self, repository: Row) -> bool:
        """Whether pushes to a repository are looked into at all."""

    async def refusal(
        self, repository: Row, moved: Mapping[str, str], extra: Mapping[str, str] | None = None
    ) -> str | None:
        """Why refs (name to new object) may not move so, or None; `extra` says where the objects are besides."""


class RefGuard:
    """Decides for one ref of one repository. `protected` asks the branch policies, `inspects` those of pushes."""

    def __init__(
        self, organization: Organization, protected: Callable[[Row, str], bool], inspects: Inspects
    ) -> None:
        self._organization, self._store, self._protected = organization, organization.kernel.store, protected
        self.inspects = inspects

    async def inspected(self, repository: Row, name: str, new: str) -> None:
        """Refuse a ref whose new commits, which are in the repository already, a policy on pushes does not allow."""
        if (said := await self.inspects.refusal(repository, {name: new})) is not None:
            raise CallerError("GitRefUpdateRejectedByPolicyException", said, 403)

    def refusal(
        self, repository: Row, name: str, current: str, new: str, who: Caller, replaces: bool = False
    ) -> Refusal | None:
        """Why `who` may not move the ref from `current` to `new`, or None. `replaces`: history would be lost."""
        if not valid_name(name) or name.startswith(OWN_REFS):
            return _refusal("invalidRefName", "InvalidGitRefNameException", name=name)
        for permission in _needed(name, current, new, replaces):
            if not self.allowed(who, repository, name, permission):
                user, scope = who.identity.unique_name, "branch" if name.startswith(_HEADS) else "repository"
                told = {"permission": permission, "user": user, "scope": scope}
                return _refusal(_STATUSES[permission], "GitNeedsPermissionException", **told)
        locked = self.locked_by(repository, name)
        if locked is not None and locked != who.identity.name:
            shown = self._organization.identity(locked).display
            return _refusal("locked", "GitRefLockedException", name=name, user=shown)
        if current != NO_OBJECT and self._protected(repository, name):
            if not self.allowed(who, repository, name, "PolicyExempt"):
                return _refusal("rejectedByPolicy", "GitRefUpdateRejectedByPolicyException")
        return None

    def allowed(self, who: Caller, repository: Row, name: str, permission: str) -> bool:
        """Whether somebody has a permission on a ref."""
        token = tokens.ref(repository["project"], repository["id"], name)
        return self._organization.rights.allows(who.held, GIT, token, permission)

    def may_push(self, who: Caller, repository: Row) -> bool:
        """Whether there is any ref that somebody may move."""
        rights, token = self._organization.rights, tokens.repository(repository["project"], repository["id"])
        below = (row["token"] for row in rights.lists.of(known(GIT), token, below=True))
        return any(rights.allows(who.held, GIT, each, "GenericContribute") for each in (token, *below))

    def locked_by(self, repository: Row, name: str) -> str | None:
        """Who locked the ref."""
        row = self._store.get(_LOCK, f"{repository['id']}/{name}")
        return str(row["by"]) if row else None

    def lock(self, repository: Row, name: str, who: str) -> None:
        """Let nobody but `who` move the ref."""
        self._store.put(_LOCK, f"{repository['id']}/{name}", {"by": who})

    def unlock(self, repository: Row, name: str) -> None:
        """Let it be moved again."""
        self._store.delete(_LOCK, f"{repository['id']}/{name}")
