"""The organization's rows, found by name or id: projects, repositories, definitions, environments, groups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.azure_devops.entitlements import Entitlements
from simulator.azure_devops.errors import failure
from simulator.azure_devops.identities import Identity, by_name, of_person
from simulator.azure_devops.security.rights import Rights
from simulator.azure_devops.task_definitions.catalogue import BUILT_IN, Catalogue
from simulator.kernel.world import Kernel
from simulator.topology import Topology

Row = dict[str, Any]

PROJECT = "azure_devops.project"
REPOSITORY = "azure_devops.repository"
DELETED_REPOSITORY = "azure_devops.deleted_repository"
DESTROYED_REPOSITORY = "azure_devops.destroyed_repository"
DEFINITION = "azure_devops.definition"
ENVIRONMENT = "azure_devops.environment"
CHECK = "azure_devops.check_configuration"
VARIABLE_GROUP = "azure_devops.variable_group"
SERVICE_ENDPOINT = "azure_devops.service_endpoint"
RUN = "azure_devops.run"
POOL = "azure_devops.pool"
QUEUE = "azure_devops.queue"
AGENT = "azure_devops.agent"
SECURE_FILE = "azure_devops.secure_file"
_COUNTER = "azure_devops.counter"


class Organization:
    """Typed reading and writing of the rows that people configure; `url` ends with the organization's name.

    `tasks` are those that its pipelines may name.
    """

    def __init__(self, kernel: Kernel, topology: Topology, url: str, tasks: Catalogue = BUILT_IN) -> None:
        self.kernel = kernel
        self.topology = topology
        self.tasks = tasks
        self.name = topology.organization
        self.url = f"{url.rstrip('/')}/{topology.organization}"
        self.rights = Rights(kernel.store)
        self.entitlements = Entitlements(kernel.store)
        # Whether a branch of a repository takes pull requests only: the branch policies, which stand above, say it.
        self.protected: Callable[[Row, str], bool] = lambda repository, ref: False

    def next_number(self, counter: str) -> int:
        """The next number of a counter, from 1."""
        row = self.kernel.store.get(_COUNTER, counter) or {"last": 0}
        self.kernel.store.put(_COUNTER, counter, {"last": row["last"] + 1})
        return int(row["last"]) + 1

    def rows(self, kind: str, project: str = "") -> list[Row]:
        """All rows of a kind, but for those of deleted projects; with `project` (an id) those of that project."""
        found = [row for _, row in self.kernel.store.scan(kind)]
        if project:
            return [row for row in found if row["project"] == project]
        gone = self._deleted_projects()
        return [row for row in found if row.get("project") not in gone] if gone else found

    def _deleted_projects(self) -> frozenset[str]:
        rows = (row for _, row in self.kernel.store.scan(PROJECT))
        return frozenset(row["id"] for row in rows if row.get("state") == "deleted")

    def seen(self, kind: str, project: str) -> list[Row]:
        """The rows of a project and those that others share with it, under the names that it knows them by."""
        found = []
        for row in self.rows(kind):
            if row["project"] == project:
                found.append(row)
            mine = (one for one in row.get("shared", []) if one["project"] == project)
            found += [{**row, "name": one["name"], "description": one["description"]} for one in mine]
        return found

    def numbered(self, kind: str, number: str | int) -> Row | None:
        """The row with that number, if it is one and exists."""
        return self.kernel.store.get(kind, number_key(number)) if str(number).isdecimal() else None

    def save(self, kind: str, row: Row) -> None:
        """Write a row under its `id`: a number or a GUID."""
        key = number_key(row["id"]) if isinstance(row["id"], int) else row["id"]
        self.kernel.store.put(kind, key, row)

    def projects(self) -> list[Row]:
        """Every project that is there; a deleted one is not."""
        return [row for _, row in self.kernel.store.scan(PROJECT) if row.get("state") != "deleted"]

    def find_project(self, name_or_id: str) -> Row | None:
        """The project of that name or id."""
        return _named(self.projects(), name_or_id)

    def project(self, name_or_id: str) -> Row:
        """The project of that name or id; TF200016 when there is none."""
        found = self.find_project(name_or_id)
        if found is None:
            raise failure("ProjectDoesNotExistWithNameException", name=name_or_id)
        return found

    def find_repository(self, name_or_id: str, project: str = "") -> Row | None:
        """The repository of that name (in `project`, an id) or id."""
        return _named(self.rows(REPOSITORY, project), name_or_id)

    def repository(self, name_or_id: str, project: str = "") -> Row:
        """The repository of that name (in `project`, an id) or id; TF401019 when there is none."""
        found = self.find_repository(name_or_id, project)
        if found is None:
            raise failure("GitRepositoryNotFoundException", name=name_or_id)
        return found

    def repository_of(self, definition: Row) -> Row:
        """The repository of a pipeline, also when it was deleted since."""
        identifier = str(definition["repository"])
        for kind in (REPOSITORY, DELETED_REPOSITORY, DESTROYED_REPOSITORY):
            if (row := self.kernel.store.get(kind, identifier)) is not None:
                return row
        return self.repository(identifier)

    def definitions(self, project: str = "") -> list[Row]:
        """The pipelines (of one project) whose repository is there: those that can start."""
        there = {row["id"] for row in self.rows(REPOSITORY)}
        return [row for row in self.rows(DEFINITION, project) if row["repository"] in there]

    def environment_named(self, project: str, name: str) -> Row | None:
        """The project's environment of that name."""
        return _named(self.rows(ENVIRONMENT, project), name)

    def variable_group_named(self, project: str, name: str) -> Row | None:
        """The project's variable group of that name."""
        return _named(self.seen(VARIABLE_GROUP, project), name)

    def queue_named(self, project: str, name: str) -> Row | None:
        """The project's agent queue of that name or number."""
        return _named(self.rows(QUEUE, project), name)

    def named(self, kind: str, project: str, name: str) -> Row | None:
        """The project's row of a kind under that name or id."""
        return _named(self.rows(kind, project), name)

    def service_endpoint_named(self, project: str, name: str) -> Row | None:
        """The project's service connection of that name or id."""
        return _named(self.seen(SERVICE_ENDPOINT, project), name)

    def definition(self, project: str, number: str | int) -> Row | None:
        """The project's pipeline of that number."""
        row = self.numbered(DEFINITION, number)
        return row if row and row["project"] == project else None

    def checks_of(self, resource_type: str, resource_id: str) -> list[Row]:
        """The enabled checks of a resource, in the order of their making."""
        return [
            row
            for row in self.rows(CHECK)
            if (row["resource"]["type"], row["resource"]["id"].lower())
            == (resource_type, resource_id.lower())
            and not row.get("isDisabled")
        ]

    def run_goes_on(self, run: int) -> bool:
        """Whether the run exists and has not completed."""
        row = self.kernel.store.get(RUN, number_key(run))
        return row is not None and row["state"] != "completed"

    def people_of(self, name: str) -> list[str]:
        """The names of the people that an identity's name stands for: those in a team, or the one person."""
        kind, _, rest = name.partition("/")
        if kind != "team":
            return [name]
        project, _, short = rest.partition("/")
        row = self.find_project(project)
        teams = [team["id"] for team in row["teams"] if team["name"] == short] if row else []
        inside = frozenset[str]().union(*(self.rights.groups.inside(team) for team in teams))
        return [person.name for person in self.topology.people if of_person(person).id in inside]

    def identity(self, name: str) -> Identity:
        """The identity that a row keeps by name."""
        return by_name(self.topology, name)

    def person_reference(self, name: str) -> Row:
        """The IdentityRef of that identity."""
        return self.identity(name).reference(self.url)


def number_key(number: str | int) -> str:
    """A number as a key that sorts as the number does."""
    return f"{int(number):010d}"


def _named(rows: list[Row], name_or_id: str) -> Row | None:
    wanted = name_or_id.lower()
    return next((row for row in rows if wanted in (row["name"].lower(), str(row["id"]).lower())), None)
