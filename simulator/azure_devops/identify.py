"""Who asks: a person by personal access token (Basic, any user name), or a job by its token (Bearer or Basic)."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from simulator.azure_devops import identities, job_tokens, scopes
from simulator.azure_devops.identities import Identity
from simulator.azure_devops.organization import Organization
from simulator.azure_devops.personal_tokens import PersonalTokens
from simulator.azure_devops.security import tokens
from simulator.azure_devops.security.namespaces import PROJECT
from simulator.topology import Person


@dataclass(frozen=True)
class Caller:
    """Who asks, with what rights. `job` is set when a job's token asks; `cause` is what that job answers to.

    `scopes` are the token's, `held` the descriptors of the identity and of the groups around it, `projects` the names
    of the projects that it sees.
    """

    identity: Identity
    scopes: frozenset[str]
    projects: frozenset[str]
    job: job_tokens.JobClaim | None = None
    held: frozenset[str] = frozenset()

    @property
    def cause(self) -> int | None:
        """The fact that caused the run whose job asks."""
        return self.job.cause if self.job else None

    def may(self, scope: str | None) -> bool:
        """Whether the token has the scope; `scopes` are expanded already."""
        return scope is None or scopes.FULL in self.scopes or scope in self.scopes


@dataclass(frozen=True)
class Ended:
    """A token that was good once; `why` is the service's text."""

    why: str


_EXPIRED = Ended("The Personal Access Token used has expired.")
_REVOKED = Ended("The Personal Access Token used has been revoked.")

ANONYMOUS = Caller(Identity("", "", "Anonymous", ""), frozenset(), frozenset())
"""Who asks at a public address without a token."""


def caller(headers: Mapping[str, str], organization: Organization) -> Caller | Ended | None:
    """The caller that the Authorization header (names in lower case) proves, an ended token, or None."""
    scheme, _, value = headers.get("authorization", "").partition(" ")
    token = value.strip()
    if scheme.lower() == "basic":
        token = _password(token)
    elif scheme.lower() != "bearer":
        return None
    return _by_job(token, organization) if token.count(".") == 2 else _by_person(token, organization)


def _password(encoded: str) -> str:
    """The password of a Basic header; azure-devops-node-api sends the token as user name `PAT` or as the password."""
    try:
        user, _, password = base64.b64decode(encoded).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return password or user


def _by_person(token: str, organization: Organization) -> Caller | Ended | None:
    for person in organization.topology.people:
        if hmac.compare_digest(person.personal_access_token.encode(), token.encode()):
            return _person(person, organization, scopes.expanded(person.scopes))
    return _by_made_token(token, organization)


def _by_made_token(token: str, organization: Organization) -> Caller | Ended | None:
    made = PersonalTokens(organization)
    row = made.by_text(token) if token else None
    if row is None:
        return None
    if row["revoked"] or made.expired(row):
        return _REVOKED if row["revoked"] else _EXPIRED
    person = organization.topology.person(row["person"])
    # A token may do no more than the person whose it is.
    return _person(person, organization, scopes.narrowed(row["scope"].split(), person.scopes))


def _person(person: Person, organization: Organization, held: frozenset[str]) -> Caller | None:
    identity = identities.of_person(person)
    if organization.entitlements.is_gone(identity.id):
        return None
    who = organization.rights.groups.descriptors(identity)
    return Caller(identity, held, projects_of(who, organization), held=who)


def projects_of(who: frozenset[str], organization: Organization) -> frozenset[str]:
    """Names of the projects that somebody (by all their descriptors) sees: "View project-level information"."""
    rows = organization.projects()
    every = [tokens.project(row["id"]) for row in rows]
    shown = organization.rights.each(who, PROJECT, every, "GENERIC_READ")
    return frozenset(row["name"] for row, allowed in zip(rows, shown, strict=True) if allowed)


def _by_job(token: str, organization: Organization) -> Caller | None:
    kernel = organization.kernel
    claim = job_tokens.read(kernel.store, kernel.ids, token)
    if claim is None or not organization.run_goes_on(claim.run):
        return None
    identity = identities.build_service(claim.project, organization.name)
    # The build service may not touch service hooks, which the scopes of a person's token would bring.
    held = scopes.expanded(scopes.JOB_SCOPES) - {"vso.hooks", "vso.hooks_write"}
    who = organization.rights.groups.descriptors(identity)
    return Caller(identity, held, projects_of(who, organization) & {claim.project}, claim, who)
