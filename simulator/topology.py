"""The company that is simulated, read from one file that users edit: accounts, roles, people and Azure DevOps."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from simulator.shipped_folders import shipped

_OF_PROJECT = (
    ("name approvers requester_can_approve administrators", "environments"),
    ("name type person assume_role", "service_connections"),
    ("name variables", "variable_groups"),
    ("name repository path", "pipelines"),
)
# Both make plain values only; the one in C, where PyYAML has it, is ten times as fast.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


PROJECT_GROUPS = (
    "Project Administrators",
    "Build Administrators",
    "Release Administrators",
    "Contributors",
    "Readers",
)
"""The groups of a project whose members the topology may name."""


class TopologyInvalid(Exception):
    """The topology file does not say what the simulator needs; the message names the place."""


@dataclass(frozen=True)
class Role:
    """An IAM role that exists at boot; `managed` names AWS managed policies, `statements` are its inline policy."""

    account: str
    name: str
    trust: dict[str, Any]
    managed: tuple[str, ...] = ()
    statements: tuple[dict[str, Any], ...] = ()

    @property
    def arn(self) -> str:
        """The role's ARN."""
        return f"arn:aws:iam::{self.account}:role/{self.name}"


@dataclass(frozen=True)
class Person:
    """Someone known to both clouds: an IAM user of `account` (empty: none) and an Azure DevOps identity."""

    name: str
    display: str
    email: str
    account: str = ""
    team: str = ""
    managed: tuple[str, ...] = ()
    statements: tuple[dict[str, Any], ...] = ()
    scopes: tuple[str, ...] = ()

    @property
    def access_key_id(self) -> str:
        """The AWS access key id, in AWS's form (`AKIA` and 16 characters)."""
        return "AKIA" + base64.b32encode(_digest("access key", self.name)).decode()[:16]

    @property
    def secret_access_key(self) -> str:
        """The AWS secret access key, 40 characters."""
        return base64.b64encode(_digest("secret key", self.name)).decode()[:40]

    @property
    def personal_access_token(self) -> str:
        """The Azure DevOps personal access token, 52 lower-case characters."""
        return (
            base64.b32encode(_digest("token", self.name) + _digest("token 2", self.name))
            .decode()[:52]
            .lower()
        )

    @property
    def arn(self) -> str:
        """The IAM user's ARN."""
        return f"arn:aws:iam::{self.account}:user/{self.name}"


@dataclass(frozen=True)
class Environment:
    """An Azure DevOps environment; with approvers it has an approval check.

    `administrators` (people, or teams of the project) manage it and the checks on it.
    """

    name: str
    approvers: tuple[str, ...] = ()
    requester_can_approve: bool = True
    administrators: tuple[str, ...] = ()


@dataclass(frozen=True)
class ServiceConnection:
    """A service connection of type `aws`: the keys of `person`, with a role to assume (empty: none)."""

    name: str
    type: str
    person: str
    assume_role: str = ""


@dataclass(frozen=True)
class PipelineEntry:
    """A pipeline definition that exists at boot: its name, repository and YAML path."""

    name: str
    repository: str
    path: str = "azure-pipelines.yml"


@dataclass(frozen=True)
class Project:
    """An Azure DevOps project and what it holds at boot.

    `pull_request_required` names the repositories whose main branch, once it exists, changes by pull requests only.
    `groups` says who (people, or teams of the project) is in which of `PROJECT_GROUPS`; every team is in Contributors.
    """

    name: str
    teams: tuple[str, ...]
    repositories: tuple[str, ...]
    environments: tuple[Environment, ...]
    service_connections: tuple[ServiceConnection, ...]
    variable_groups: dict[str, dict[str, str]]
    pipelines: tuple[PipelineEntry, ...]
    pull_request_required: tuple[str, ...] = ()
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Topology:
    """All of it. `accounts` maps a name (`staging`) to an account id.

    `images` says which reference image, by name or as the path of its folder, stands in for an image URI; the URI may
    leave its tag out and then stands for every tag. `tasks` is the folder of the company's own pipeline tasks.
    `administrators` are the people in Project Collection Administrators: without a word of it, the one of
    `test_credentials`.
    """

    region: str
    accounts: dict[str, str]
    roles: tuple[Role, ...]
    people: tuple[Person, ...]
    test_person: str
    organization: str
    projects: tuple[Project, ...]
    images: dict[str, str] = field(default_factory=dict)
    tasks: str = ""
    administrators: tuple[str, ...] = ()

    def person(self, name: str) -> Person:
        """The person of that name; KeyError when there is none."""
        for person in self.people:
            if person.name == name:
                return person
        raise KeyError(
            f"the topology has no person {name!r}; it has {', '.join(p.name for p in self.people)}"
        )

    def account_name(self, account: str) -> str:
        """The name of an account id, or the id itself."""
        return next((name for name, number in self.accounts.items() if number == account), account)


def default_file() -> Path:
    """The topology that travels with the package."""
    return shipped("fixtures") / "topology.yaml"


def load(path: Path | None = None) -> Topology:
    """Read a topology file; raises TopologyInvalid naming what is wrong."""
    path = path or default_file()
    try:
        raw = yaml.load(path.read_text(), Loader=_LOADER)
        return _topology(raw, path.parent)
    except KeyError as error:
        said = str(error.args[0])
        raise TopologyInvalid(
            f"{path}: {said if ' ' in said else f'{said} is missing or not defined'}"
        ) from error
    except (AttributeError, TypeError, ValueError, OSError, yaml.YAMLError) as error:
        raise TopologyInvalid(f"{path}: {error}") from error


def _topology(raw: dict[str, Any], folder: Path) -> Topology:
    _only(raw, "the topology", "region accounts roles people test_credentials azure_devops images")
    accounts = {name: _account(name, entry) for name, entry in raw["accounts"].items()}
    people = tuple(_person(entry, accounts) for entry in raw["people"])
    azure = raw["azure_devops"]
    _only(azure, "azure_devops", "organization projects tasks administrators")
    topology = Topology(
        region=raw["region"],
        accounts=accounts,
        roles=tuple(_role(entry, accounts) for entry in raw["roles"]),
        people=people,
        test_person=raw["test_credentials"],
        organization=azure["organization"],
        projects=tuple(_project(entry) for entry in azure["projects"]),
        images={uri: _image(name, folder) for uri, name in (raw.get("images") or {}).items()},
        tasks=str((folder / azure["tasks"]).resolve()) if azure.get("tasks") else "",
        administrators=tuple(azure.get("administrators", (raw["test_credentials"],))),
    )
    _check_people(topology)
    return topology


def _check_people(topology: Topology) -> None:
    """Everyone who is named must be there, and groups be those that a project has."""
    for name in (topology.test_person, *topology.administrators):
        topology.person(name)
    for project in topology.projects:
        for connection in project.service_connections:
            topology.person(connection.person)
        for environment in project.environments:
            for approver in environment.approvers:
                topology.person(approver)
            _check_members(topology, project, environment.administrators)
        for group, names in project.groups.items():
            if group not in PROJECT_GROUPS:
                expected = ", ".join(PROJECT_GROUPS)
                raise ValueError(f"project {project.name} has no group {group!r}; expected {expected}")
            _check_members(topology, project, names)


def _check_members(topology: Topology, project: Project, names: tuple[str, ...]) -> None:
    for name in names:
        if name not in project.teams:
            topology.person(name)


def _only(entry: dict[str, Any], place: str, names: str) -> None:
    """A word that is misspelt would otherwise be a right that nobody has, without a word."""
    for name in entry:
        if name not in names.split():
            raise ValueError(f"{place} has no {name!r}; expected {', '.join(names.split())}")


def _account(name: str, entry: dict[str, Any]) -> str:
    _only(entry, f"account {name}", "id")
    number = str(entry["id"])
    if not (len(number) == 12 and number.isdigit()):
        raise ValueError(f"account {name}: {number!r} is no account id; expected 12 digits in quotes")
    return number


def _image(name: str, folder: Path) -> str:
    """The name of one of ours, or the folder of the user's own, from the topology file's place."""
    if "/" not in name:
        return name
    if not (folder / name / "image.json").is_file():
        raise ValueError(f"images: {name} is no folder with an image.json")
    return str((folder / name).resolve())


def _role(entry: dict[str, Any], accounts: dict[str, str]) -> Role:
    _only(entry, f"role {entry['name']}", "account name trust managed statements")
    return Role(
        account=accounts[entry["account"]],
        name=entry["name"],
        trust=dict(entry["trust"]),
        managed=tuple(entry.get("managed", ())),
        statements=tuple(entry.get("statements", ())),
    )


def _person(entry: dict[str, Any], accounts: dict[str, str]) -> Person:
    _only(entry, f"person {entry['name']}", "name display email account team managed statements scopes")
    return Person(
        name=entry["name"],
        display=entry["display"],
        email=entry["email"],
        account=accounts[entry["account"]] if entry.get("account") else "",
        team=entry.get("team", ""),
        managed=tuple(entry.get("managed", ())),
        statements=tuple(entry.get("statements", ())),
        scopes=tuple(entry.get("scopes", ())),
    )


def _project(entry: dict[str, Any]) -> Project:
    _only(
        entry,
        f"project {entry['name']}",
        "name teams repositories environments service_connections variable_groups pipelines pull_request_required"
        " groups",
    )
    for names, kind in _OF_PROJECT:
        for each in entry[kind]:
            _only(each, f"{kind} {each['name']}", names)
    return Project(
        name=entry["name"],
        teams=tuple(entry["teams"]),
        repositories=tuple(entry["repositories"]),
        environments=tuple(
            Environment(
                e["name"],
                tuple(e.get("approvers", ())),
                e.get("requester_can_approve", True),
                tuple(e.get("administrators", ())),
            )
            for e in entry["environments"]
        ),
        service_connections=tuple(
            ServiceConnection(e["name"], e["type"], e["person"], e.get("assume_role", ""))
            for e in entry["service_connections"]
        ),
        variable_groups={g["name"]: dict(g["variables"]) for g in entry["variable_groups"]},
        pipelines=tuple(
            PipelineEntry(e["name"], e["repository"], e.get("path", "azure-pipelines.yml"))
            for e in entry["pipelines"]
        ),
        pull_request_required=tuple(entry.get("pull_request_required", ())),
        groups={group: tuple(names) for group, names in (entry.get("groups") or {}).items()},
    )


def _digest(purpose: str, name: str) -> bytes:
    return hashlib.sha256(f"simulator {purpose} of {name}".encode()).digest()
