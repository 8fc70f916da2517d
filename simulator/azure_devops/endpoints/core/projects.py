"""Projects, their teams, and the members of a team."""

from __future__ import annotations

from simulator.azure_devops import identities
from simulator.azure_devops.endpoint import Call, collection, endpoint
from simulator.azure_devops.errors import invalid
from simulator.azure_devops.organization import Row

PROJECTS = "603fe2ac-9723-48b9-88ad-09305aa6c6e1"
TEAMS = "d30a3dd1-f8ba-442a-b86a-bd0c0c383e59"
ALL_TEAMS = "7a4d9ee9-3433-4347-b47a-7a80f1cf307e"
MEMBERS = "294c494c-2600-4d7e-b76c-3dd50c3c95be"


def reference(call: Call, row: Row) -> Row:
    """The TeamProjectReference of a project."""
    return {
        "id": row["id"],
        "name": row["name"],
        "description": row["description"],
        "url": f"{call.url}/_apis/projects/{row['id']}",
        "state": "wellFormed",
        "revision": 1,
        "visibility": "private",
        "lastUpdateTime": row["created"],
    }


def _named(call: Call) -> Row:
    name = call.route["projectid"]
    return call.visible(call.organization.project(name), name)


def _team(call: Call, project: Row, team: Row) -> Row:
    url = f"{call.url}/_apis/projects/{project['id']}/teams/{team['id']}"
    return {
        "id": team["id"],
        "name": team["name"],
        "url": url,
        "description": "",
        "identityUrl": f"{call.url}/_apis/Identities/{team['id']}",
        "projectName": project["name"],
        "projectId": project["id"],
    }


@endpoint("GET", PROJECTS, "vso.project")
async def projects(call: Call) -> object:
    """The projects that the caller sees, or one."""
    if "projectid" in call.route:
        return _project(call, _named(call))
    seen = [row for row in call.organization.projects() if row["name"] in call.caller.projects]
    top, skip = call.number("$top", 100), call.number("$skip", 0)
    token = call.number("continuationtoken", 0)
    chosen = sorted(seen, key=lambda row: str(row["name"]))[skip + token :][:top]
    return collection([reference(call, row) for row in chosen])


def _project(call: Call, row: Row) -> Row:
    default = _team(call, row, row["teams"][0]) if row["teams"] else None
    links = {
        "self": {"href": f"{call.url}/_apis/projects/{row['id']}"},
        "web": {"href": f"{call.url}/{row['name']}"},
    }
    capabilities = {
        "processTemplate": {
            "templateName": "Basic",
            "templateTypeId": "b8a3a935-7e91-48b8-a94c-606d37c3e9f2",
        },
        "versioncontrol": {"sourceControlType": "Git", "gitEnabled": "True", "tfvcEnabled": "False"},
    }
    value = {**reference(call, row), "defaultTeam": default, "_links": links}
    return {**value, "capabilities": capabilities} if call.query.get("includecapabilities") else value


@endpoint("GET", TEAMS, "vso.project")
async def teams(call: Call) -> object:
    """The teams of a project, or one."""
    project = _named(call)
    if wanted := call.route.get("teamid", "").lower():
        for team in project["teams"]:
            if wanted in (team["id"], team["name"].lower()):
                return _team(call, project, team)
        raise invalid(f"The team {call.route['teamid']} does not exist in project {project['name']}.")
    return collection([_team(call, project, team) for team in project["teams"]])


@endpoint("GET", ALL_TEAMS, "vso.project")
async def all_teams(call: Call) -> object:
    """The teams of every project that the caller sees."""
    seen = [row for row in call.organization.projects() if row["name"] in call.caller.projects]
    return collection([_team(call, project, team) for project in seen for team in project["teams"]])


@endpoint("GET", MEMBERS, "vso.project")
async def members(call: Call) -> object:
    """The people of a team."""
    project, wanted = _named(call), call.route["teamid"].lower()
    names = {team["name"] for team in project["teams"] if wanted in (team["id"], team["name"].lower())}
    people = [person for person in call.organization.topology.people if person.team in names]
    return collection(
        [
            {"identity": identities.of_person(person).reference(call.url), "isTeamAdmin": False}
            for person in people
        ]
    )
