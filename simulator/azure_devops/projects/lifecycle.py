"""The life of a project: made with its repository, team and queues, renamed, and deleted with all that was in it."""

from __future__ import annotations

import re
from typing import Any

from simulator.azure_devops import organization as rows
from simulator.azure_devops.errors import failure
from simulator.azure_devops.git.refs import RefWatch
from simulator.azure_devops.identities import build_service, descriptor_of, stable_id
from simulator.azure_devops.organization import Organization, Row
from simulator.azure_devops.pipelines.coordinator import Coordinator
from simulator.azure_devops.pipelines.runs import Runs
from simulator.azure_devops.security.groups import group_id
from simulator.azure_devops.seeding import seed_project
from simulator.topology import Project

PROCESSES = {
    "6b724908-ef14-45cf-84f8-768b5384da45": "Scrum",
    "b8a3a935-7e91-48b8-a94c-606d37c3e9f2": "Basic",
    "adcc42ab-9882-485e-a3ed-7678f01f66bc": "Agile",
    "27450541-8e31-4150-9947-dc59f998fc01": "CMMI",
}
DEFAULT_PROCESS = "b8a3a935-7e91-48b8-a94c-606d37c3e9f2"
# Microsoft Learn, "Naming restrictions and conventions": projects.
_FORBIDDEN = re.compile(r"[\x00-\x1f/:\\~&%;@'\"?<>|#$*}{,+=\[\]\ud800-\udfff]|^[_.]|\.$")
_RESERVED = frozenset(
    (
        *("app_browsers", "app_code", "app_data", "app_globalresources", "app_localresources", "app_themes"),
        *(
            "app_webresources",
            "bin",
            "web.config",
            "defaultcollection",
            "com1",
            "com2",
            "com3",
            "con",
            "lpt1",
        ),
        *("nul", "prn", "aux", "server", "signalr"),
    )
)


class Projects:
    """What happens to projects of one organization."""

    def __init__(
        self, organization: Organization, refs: RefWatch, runs: Runs, coordinator: Coordinator
    ) -> None:
        self._organization, self._kernel = organization, organization.kernel
        self._refs, self._runs, self._coordinator = refs, runs, coordinator

    def check_name(self, name: str, but: str = "") -> None:
        """Refuse a name that the service does not take, or that another project (not the one with id `but`) has."""
        if not name.strip() or len(name) > 64 or _FORBIDDEN.search(name) or name.lower() in _RESERVED:
            raise failure("InvalidProjectNameException", name=name)
        if any(
            row["name"].lower() == name.lower() for row in self._organization.projects() if row["id"] != but
        ):
            raise failure("ProjectAlreadyExistsException", name=name)

    async def create(self, detail: dict[str, Any]) -> None:
        """Carry out a queued creation: the same seeding as the topology's projects have."""
        name, identifier = detail["name"], detail["id"]
        store = self._kernel.store
        if store.get(rows.PROJECT, identifier) is None:
            self.check_name(name)
            with store.transaction():
                made = Project(name, (f"{name} Team",), (name,), (), (), {}, ())
                seed_project(self._organization, made, identifier)
                row = store.get(rows.PROJECT, identifier) or {}
                row["teams"][0]["description"] = "The default project team."
                creator, groups = stable_id("person", detail["creator"]), self._organization.rights.groups
                groups.add(creator, row["teams"][0]["id"])
                groups.add(creator, group_id(identifier, "Project Administrators"))
                chosen = ("description", "process", "visibility", "creator")
                self._organization.save(rows.PROJECT, row | {key: detail[key] for key in chosen})
                self._kernel.log.record("ProjectCreated", name, {"projectId": identifier})
        for repository in self._organization.rows(rows.REPOSITORY, identifier):
            await self._refs.ensure(repository)

    async def update(self, detail: dict[str, Any]) -> None:
        """Carry out a queued change of name, description or visibility."""
        row = self._organization.project(detail["id"])
        changed: Row = {key: detail[key] for key in ("name", "description", "visibility") if key in detail}
        if "name" in changed:
            self.check_name(changed["name"], but=row["id"])
        with self._kernel.store.transaction():
            revision = int(row.get("revision", 1)) + 1
            self._organization.save(rows.PROJECT, {**row, **changed, "revision": revision})
            self._organization.rights.lists.rename(
                *(
                    descriptor_of(build_service(name, self._organization.name))
                    for name in (row["name"], str(changed.get("name", row["name"])))
                )
            )
            told = {"projectId": row["id"], "changed": sorted(changed)}
            self._kernel.log.record("ProjectUpdated", str(changed.get("name", row["name"])), told)

    async def delete(self, detail: dict[str, Any]) -> None:
        """Carry out a queued deletion: once its runs are cancelled, nothing in it is found any more."""
        row = self._organization.find_project(detail["id"])
        if row is None:
            return
        for run in self._runs.of(row["id"]):
            if run["state"] != "completed":
                self._coordinator.cancel(run)
        log = self._kernel.log
        while any(run["state"] != "completed" for run in self._runs.of(row["id"])):
            await log.wait(log.last(), 1)
        with self._kernel.store.transaction():
            self._organization.save(rows.PROJECT, {**row, "state": "deleted"})
            self._kernel.log.record("ProjectDeleted", row["name"], {"projectId": row["id"]})

    def new_team(self, project: Row, name: str, description: str, creator: str) -> Row:
        """A team of the project; 400 when it has one of that name."""
        self._check_team_name(project, name)
        identifier = stable_id("team", project["id"], name, self._kernel.ids.uuid())
        team = {"id": identifier, "name": name, "description": description}
        with self._kernel.store.transaction():
            groups = self._organization.rights.groups
            groups.add(identifier, group_id(project["id"], "Contributors"))
            groups.add(self._organization.identity(creator).id, identifier)
            self._save_teams(project, [*project["teams"], team], "TeamCreated", name)
        return team

    def change_team(self, project: Row, team: Row, given: dict[str, Any]) -> Row:
        """Change name and description."""
        changed = {**team, **{key: str(given[key]) for key in ("name", "description") if given.get(key)}}
        if changed["name"] != team["name"]:
            self._check_team_name(project, changed["name"], but=team["id"])
        teams = [changed if one["id"] == team["id"] else one for one in project["teams"]]
        self._save_teams(project, teams, "TeamUpdated", changed["name"])
        return changed

    def delete_team(self, project: Row, team: Row) -> None:
        """Delete a team; the default team stays."""
        if project["teams"][0]["id"] == team["id"]:
            raise failure("TeamIsDefaultException", name=team["name"])
        teams = [one for one in project["teams"] if one["id"] != team["id"]]
        with self._kernel.store.transaction():
            self._organization.rights.groups.delete(team["id"])
            self._save_teams(project, teams, "TeamDeleted", team["name"])

    def _check_team_name(self, project: Row, name: str, but: str = "") -> None:
        if not name.strip() or len(name) > 64 or _FORBIDDEN.search(name):
            raise failure("InvalidTeamNameException", name=name)
        if any(team["name"].lower() == name.lower() for team in project["teams"] if team["id"] != but):
            raise failure("TeamAlreadyExistsException", name=name)

    def _save_teams(self, project: Row, teams: list[Row], fact: str, name: str) -> None:
        with self._kernel.store.transaction():
            self._organization.save(rows.PROJECT, {**project, "teams": teams})
            self._kernel.log.record(fact, f"[{project['name']}]\\{name}", {"projectId": project["id"]})
