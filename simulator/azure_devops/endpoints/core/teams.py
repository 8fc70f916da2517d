"""Teams of a project, the teams of all projects, and who is in a team."""

from __future__ import annotations

from simulator.azure_devops import identities
from simulator.azure_devops.endpoint import Answer, Call, endpoint, paged
from simulator.azure_devops.errors import failure
from simulator.azure_devops.organization import Row

TEAMS = "d30a3dd1-f8ba-442a-b86a-bd0c0c383e59"
ALL_TEAMS = "7a4d9ee9-3433-4347-b47a-7a80f1cf307e"
MEMBERS = "294c494c-2600-4d7e-b76c-3dd50c3c95be"


def short(call: Call, project: Row, team: Row) -> Row:
    """The WebApiTeamRef of a team."""
    url = f"{call.url}/_apis/projects/{project['id']}/teams/{team['id']}"
    return {"id": team["id"], "name": team["name"], "url": url}


def view(call: Call, project: Row, team: Row) -> Row:
    """The WebApiTeam of a team."""
    value = {
        **short(call, project, team),
        "description": team.get("description", ""),
        "identityUrl": f"{call.url}/_apis/Identities/{team['id']}",
        "projectName": project["name"],
        "projectId": project["id"],
    }
    if call.query.get("$expandidentity", "").lower() == "true":
        value["identity"] = {
            "id": team["id"],
            "descriptor": f"Microsoft.TeamFoundation.Identity;{identities.security_identifier(team['id'])}",
            "providerDisplayName": f"[{project['name']}]\\{team['name']}",
            "isActive": True,
            "isContainer": True,
        }
    return value


def members_of(call: Call, team: Row) -> list[identities.Identity]:
    """The people of a team, those of groups in it too."""
    inside = call.organization.rights.groups.inside(team["id"])
    every = (identities.of_person(person) for person in call.organization.topology.people)
    return [one for one in every if one.id in inside]


def _project(call: Call) -> Row:
    name = call.route["projectid"]
    return call.visible(call.organization.project(name), name)


def _named(call: Call, project: Row) -> Row:
    wanted = call.route["teamid"].lower()
    for team in project["teams"]:
        if wanted in (team["id"], team["name"].lower()):
            return dict(team)
    raise failure("TeamNotFoundException", name=call.route["teamid"])


@endpoint("GET", TEAMS, "vso.project")
async def teams(call: Call) -> object:
    """The teams of a project (`$mine`: the caller's), or one."""
    project = _project(call)
    if "teamid" in call.route:
        return view(call, project, _named(call, project))
    return paged(call, _chosen(call, project), lambda team: view(call, project, team), default=100)


def _chosen(call: Call, project: Row) -> list[Row]:
    mine = call.query.get("$mine", "").lower() == "true"
    return [team for team in project["teams"] if not mine or call.caller.identity in members_of(call, team)]


@endpoint("GET", ALL_TEAMS, "vso.project")
async def all_teams(call: Call) -> object:
    """The teams of every project that the caller sees."""
    seen = [row for row in call.organization.projects() if row["name"] in call.caller.projects]
    pairs = [(project, team) for project in seen for team in _chosen(call, project)]
    return paged(call, pairs, lambda pair: view(call, *pair), default=100)


@endpoint("GET", MEMBERS, "vso.project")
async def members(call: Call) -> object:
    """The people of a team."""
    found = members_of(call, _named(call, _project(call)))
    return paged(
        call, found, lambda one: {"identity": one.reference(call.url), "isTeamAdmin": False}, default=100
    )


@endpoint("POST", TEAMS, "vso.project_manage")
async def create(call: Call) -> object:
    """A new team, whose first member is the caller."""
    project, name = _project(call), str(call.member("name"))
    description = str(call.object_body().get("description") or "")
    creator = call.caller.identity.name
    team = call.azure.projects.new_team(project, name, description, creator)
    return Answer(201, view(call, project, team))


@endpoint("PATCH", TEAMS, "vso.project_manage")
async def update(call: Call) -> object:
    """Change a team's name or description."""
    project = _project(call)
    changed = call.azure.projects.change_team(project, _named(call, project), call.object_body())
    return view(call, project, changed)


@endpoint("DELETE", TEAMS, "vso.project_manage")
async def delete(call: Call) -> object:
    """Delete a team that is not the default one."""
    project = _project(call)
    call.azure.projects.delete_team(project, _named(call, project))
    return Answer(204)
