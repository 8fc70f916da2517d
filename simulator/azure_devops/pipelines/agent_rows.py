"""Agents of pools as rows: those that the simulator runs jobs on, and those that somebody only registered."""

from __future__ import annotations

import platform

from simulator.azure_devops.organization import AGENT, POOL, Organization, Row, number_key

VERSION = "4.264.2"
HOSTED_AGENTS = 4
_TOOLS = ("bash", "git", "python3", "node", "docker", "sh")


def key(pool: int, agent: int) -> str:
    """The store key of an agent."""
    return f"{number_key(pool)}/{number_key(agent)}"


def of_pool(organization: Organization, pool: int) -> list[Row]:
    """The agents of a pool, by number."""
    return [row for _, row in organization.kernel.store.scan(AGENT, f"{number_key(pool)}/")]


def agent_row(organization: Organization, pool: int, name: str, status: str) -> Row:
    """The row of an agent with the next number."""
    now = organization.kernel.clock.now()
    return {
        "id": organization.next_number("agent"),
        "pool": pool,
        "name": name,
        "version": VERSION,
        "enabled": True,
        "status": status,
        "maxParallelism": 1,
        "created": now,
        "statusChanged": now,
        "system": _capabilities(name) if status == "online" else {},
        "user": {},
    }


def seed(organization: Organization) -> None:
    """The agents that jobs run on: of each pool that every organization has, where it has none yet."""
    for pool in organization.rows(POOL):
        if of_pool(organization, pool["id"]) or not pool.get("ours"):
            continue
        names = [f"{pool['name']} {number}" for number in range(1, HOSTED_AGENTS + 1)]
        for name in names if pool["isHosted"] else ["simulator"]:
            save(organization, agent_row(organization, pool["id"], name, "online"))


def save(organization: Organization, row: Row) -> None:
    """Write the row."""
    organization.kernel.store.put(AGENT, key(row["pool"], row["id"]), row)


def _capabilities(name: str) -> dict[str, str]:
    architecture = {"x86_64": "X64", "aarch64": "ARM64"}.get(platform.machine(), platform.machine().upper())
    known = {
        "Agent.Name": name,
        "Agent.Version": VERSION,
        "Agent.ComputerName": "simulator",
        "Agent.HomeDirectory": "/home/vsts",
        "Agent.OS": "Linux",
        "Agent.OSArchitecture": architecture,
    }
    return {**known, **{tool: f"/usr/bin/{tool}" for tool in _TOOLS}}
