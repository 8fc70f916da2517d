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
from simulator.topology import Person


@dataclass(frozen=True)
class Caller:
    """Who asks, with what rights. `job` is set when a job's token asks; `cause` is what that job answers to."""

    identity: Identity
    scopes: frozenset[str]
    projects: frozenset[str]
    job: job_tokens.JobClaim | None = None

    @property
    def cause(self) -> int | None:
        """The fact that caused the run whose job asks."""
        return self.job.cause if self.job else None

    def may(self, scope: str | None) -> bool:
        """Whether the token has the scope."""
        return scopes.allows(self.scopes, scope)


ANONYMOUS = Caller(Identity("", "", "Anonymous", ""), frozenset(), frozenset())
"""Who asks at a public address without a token."""


def caller(headers: Mapping[str, str], organization: Organization) -> Caller | None:
    """The caller that the Authorization header (names in lower case) proves, or None."""
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


def _by_person(token: str, organization: Organization) -> Caller | None:
    for person in organization.topology.people:
        if hmac.compare_digest(person.personal_access_token.encode(), token.encode()):
            return Caller(
                identities.of_person(person),
                scopes.expanded(person.scopes),
                projects_of(person, organization),
            )
    return None


def projects_of(person: Person, organization: Organization) -> frozenset[str]:
    """Names of the projects that the person sees: the team's; all, for an administrator or one without a team."""
    names = {project.name: project.teams for project in organization.topology.projects}
    if not person.team or scopes.FULL in person.scopes:
        return frozenset(names) | {project["name"] for project in organization.projects()}
    return frozenset(name for name, teams in names.items() if person.team in teams)


def _by_job(token: str, organization: Organization) -> Caller | None:
    kernel = organization.kernel
    claim = job_tokens.read(kernel.store, kernel.ids, token)
    if claim is None or not organization.run_goes_on(claim.run):
        return None
    identity = identities.build_service(claim.project, organization.name)
    return Caller(identity, scopes.expanded(scopes.JOB_SCOPES), frozenset({claim.project}), claim)
