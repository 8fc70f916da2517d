"""Reviewers of a pull request: people and teams, required or not, and their votes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from simulator.azure_devops import identities
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.identities import Identity, stable_id
from simulator.azure_devops.organization import Organization, Row
from simulator.azure_devops.pull_requests.rows import PullRequestRows

VOTES = (10, 5, 0, -5, -10)
_TEAM = "team/"


def named(organization: Organization, reference: str) -> str | None:
    """The name that rows keep for a person or a team that an id, an e-mail address or a name means."""
    person = identities.find(organization.topology, reference)
    if person is not None:
        return person.name
    for project in organization.projects():
        for team in project["teams"]:
            if reference.lower() in (team["id"], f"[{project['name']}]\\{team['name']}".lower()):
                return f"{_TEAM}{project['name']}/{team['name']}"
        service = identities.build_service(project["name"], organization.name)
        if reference.lower() == service.id:
            return service.name
    return None


def identity(organization: Organization, name: str) -> Identity:
    """The identity of a reviewer, a team's too."""
    if not name.startswith(_TEAM):
        return organization.identity(name)
    project, _, team = name.removeprefix(_TEAM).partition("/")
    display = f"[{project}]\\{team}"
    return Identity(
        stable_id("team", project, team), name, display, f"vstfs:///Classification/TeamProject/{display}"
    )


def is_team(name: str) -> bool:
    """Whether a reviewer is a team, whose members vote for it."""
    return name.startswith(_TEAM)


def votes_for(organization: Organization, person: str, team: str) -> bool:
    """Whether the person is a member of that team."""
    return is_team(team) and person in organization.people_of(team)


def asked(requests: PullRequestRows, given: dict[str, Any], reference: str = "") -> Row:
    """The reviewer that a request names by `id`; TF400813's sibling when nobody is meant."""
    wanted = reference or str(given.get("id") or given.get("uniqueName") or "")
    name = named(requests.organization, wanted)
    if name is None:
        raise failure("GitIdentityNotFoundException", id=wanted)
    return {
        "name": name,
        "vote": vote(given),
        "isRequired": bool(given.get("isRequired", False)),
        "isFlagged": bool(given.get("isFlagged", False)),
        "hasDeclined": bool(given.get("hasDeclined", False)),
        "iteration": 0,
    }


def vote(given: dict[str, Any]) -> int:
    """The vote of a body; 400 for what is no vote."""
    value = given.get("vote") or 0
    if value not in VOTES or isinstance(value, bool):
        raise invalid(
            f"Invalid argument value.\r\nParameter name: vote ({value}; expected one of 10, 5, 0, -5, -10)"
        )
    return int(value)


def together(first: Iterable[Row], added: Iterable[Row]) -> list[Row]:
    """One entry for each reviewer; what is required by either is required."""
    found: dict[str, Row] = {}
    for row in (*first, *added):
        known = found.get(row["name"])
        found[row["name"]] = {**row, **(known or {})}
        if known is not None:
            found[row["name"]]["isRequired"] = bool(known.get("isRequired") or row.get("isRequired"))
    return list(found.values())


def voted(requests: PullRequestRows, row: Row, by: Identity, entry: Row) -> Row:
    """The pull request with this reviewer's new entry. Only the reviewer votes for himself."""
    if entry["vote"] and entry["name"] != by.name:
        raise failure("GitPullRequestReviewerPermission", reviewer=entry["name"])
    if entry["vote"] and row["isDraft"]:
        raise failure("GitPullRequestDraftCannotVoteException")
    if row["status"] != "active":
        raise failure("GitPullRequestNotEditableException")
    entry["iteration"] = max(int(each["id"]) for each in row["iterations"])
    found = [each for each in row["reviewers"] if each["name"] != entry["name"]]
    known: Row = next((each for each in row["reviewers"] if each["name"] == entry["name"]), {})
    entry["isRequired"] = bool(entry["isRequired"] or known.get("isRequired"))
    what = "votes" if entry["vote"] != known.get("vote", 0) else "reviewers"
    return requests.change(row, what, by.name, reviewers=[*found, entry])
