"""Virtual machines of environments: each an agent of its own, in the pool of its environment, with a lasting folder.

Source: Learn "Environment - virtual machine resource"; the public REST specification, `environments`. The name of the
pool is ours.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from simulator.azure_devops.language.plan import Environment
from simulator.azure_devops.organization import AGENT, POOL, Organization, Row, number_key
from simulator.azure_devops.pipelines import agent_rows

TYPE = "virtualMachine"
_COMPUTER = "Agent.ComputerName"
_NO_HOST = re.compile(r"[^A-Za-z0-9-]+")


@dataclass(frozen=True)
class Machine:
    """One machine as a job sees it: its resource, its agent with the agent's pool, and the host's name."""

    resource: int
    name: str
    pool: int
    agent: int
    computer: str

    @property
    def hostname(self) -> str:
        """The host's name in the form that a host can have."""
        return _NO_HOST.sub("-", self.computer).strip("-")[:63] or "machine"


def of_environment(environment: Row) -> list[Row]:
    """The machines among the resources of an environment, in the order of their registration."""
    return [one for one in environment.get("resources", []) if one["type"] == TYPE]


def chosen(environment: Row, wanted: Environment) -> list[Row]:
    """Those with the name, the number and all the tags that a job asks for."""
    asked = {tag.strip().lower() for tag in wanted.tags.split(",") if tag.strip()}
    return [
        one
        for one in of_environment(environment)
        if (not wanted.resource_name or one["name"].lower() == wanted.resource_name.lower())
        and (not wanted.resource_id or str(one["id"]) == wanted.resource_id)
        and asked <= {str(tag).lower() for tag in one["tags"]}
    ]


def wants_machines(wanted: Environment | None, strategy: str) -> bool:
    """Whether a job goes to machines of its environment, not to an agent of a pool: it names a resource, a kind of
    resources or tags, or it is rolling, which is for machines only."""
    if wanted is None:
        return False
    named = wanted.resource_name or wanted.resource_id or wanted.resource_type or wanted.tags
    return bool(named) or strategy == "rolling"


def pool_of(organization: Organization, environment: Row) -> Row:
    """The pool of the environment's agents, made when it is first asked for; in the caller's transaction."""
    for row in organization.rows(POOL):
        if row.get("environment") == environment["id"]:
            return row
    row = {
        "id": organization.next_number("pool"),
        "name": f"Environment {environment['id']}",
        "environment": environment["id"],
        "isHosted": False,
        "poolType": "deployment",
        "autoProvision": False,
        "autoUpdate": True,
        "autoSize": False,
        "createdBy": environment["createdBy"],
        "created": organization.kernel.clock.iso(),
        "properties": {},
    }
    organization.save(POOL, row)
    return row


def agent_of(organization: Organization, resource: Row) -> Row | None:
    """The agent of a machine, None where it is gone."""
    return organization.kernel.store.get(AGENT, agent_rows.key(resource["pool"], resource["agent"]))


def machine_of(organization: Organization, resource: Row) -> Machine:
    """The machine of a resource; its host is called as its agent was told, or as the resource."""
    agent = agent_of(organization, resource) or {"system": {}}
    computer = str(agent["system"].get(_COMPUTER) or resource["name"])
    return Machine(resource["id"], resource["name"], resource["pool"], resource["agent"], computer)


def folder(state: Path, agent: int) -> Path:
    """Where the files of a machine are on the host."""
    return state / "azure_devops" / "machines" / str(agent)


def forget(organization: Organization, resources: Iterable[Row]) -> None:
    """The machines are gone, with their agents; in the caller's transaction."""
    for one in resources:
        if one["type"] == TYPE:
            organization.kernel.store.delete(AGENT, agent_rows.key(one["pool"], one["agent"]))


def remove_files(state: Path, resources: Iterable[Row]) -> None:
    """And all their files."""
    for one in resources:
        if one["type"] == TYPE:
            shutil.rmtree(folder(state, one["agent"]), ignore_errors=True)


def forget_pool(organization: Organization, environment: Row) -> None:
    """The pool of an environment that is deleted; in the caller's transaction."""
    for row in organization.rows(POOL):
        if row.get("environment") == environment["id"]:
            organization.kernel.store.delete(POOL, number_key(row["id"]))


def computer_name(capabilities: Mapping[str, str], name: str) -> dict[str, str]:
    """The capabilities of a machine's agent: what it says of itself, or else the name that it registers under."""
    return {**capabilities, _COMPUTER: capabilities.get(_COMPUTER) or name}
