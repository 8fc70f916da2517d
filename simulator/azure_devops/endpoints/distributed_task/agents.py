"""Agents of a pool with their capabilities; one that is registered here stays offline, for nobody runs it."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.endpoints.distributed_task.pools import found_pool
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.moments import iso
from simulator.azure_devops.organization import AGENT, Row
from simulator.azure_devops.pipelines import agent_rows
from simulator.azure_devops.shapes import as_mapping, mapping
from simulator.formats.wildcards import matches

AGENTS = "e298ef32-5878-4cab-993c-043836571f42"
CAPABILITIES = "30ba3ada-fedf-4da8-bbb5-dacf2f82e176"
_READ, _MANAGE = "vso.agentpools", "vso.agentpools_manage"


@endpoint("GET", AGENTS, _READ)
async def agents(call: Call) -> object:
    """The agents of a pool (`agentName`, `includeCapabilities`, `demands`), or one."""
    pool = found_pool(call, call.route["poolid"])
    shown = call.query.get("includecapabilities", "").lower() == "true"
    if "agentid" in call.route:
        return view(call, _found(call), shown)
    rows = agent_rows.of_pool(call.organization, pool["id"])
    if pattern := call.query.get("agentname", "").lower():
        rows = [row for row in rows if matches(pattern, row["name"].lower())]
    if demands := [text for text in call.query.get("demands", "").split(",") if text.strip()]:
        rows = [row for row in rows if all(_meets(row, demand) for demand in demands)]
    return collection([view(call, row, shown) for row in rows])


@endpoint("POST", AGENTS, _MANAGE)
async def register(call: Call) -> object:
    """A new agent: offline, as no session of it is simulated."""
    pool, name = found_pool(call, call.route["poolid"]), str(call.member("name"))
    rows = agent_rows.of_pool(call.organization, pool["id"])
    if any(row["name"].lower() == name.lower() for row in rows):
        raise failure("TaskAgentExistsException", pool=pool["id"], name=name)
    row = agent_rows.agent_row(call.organization, pool["id"], name, "offline")
    agent_rows.save(call.organization, told(row, call.object_body()))
    return view(call, row, True)


async def change(call: Call) -> object:
    """Enable or disable, rename, other capabilities."""
    row = told(_found(call), call.object_body())
    agent_rows.save(call.organization, row)
    return view(call, row, True)


for _method in ("PUT", "PATCH"):
    endpoint(_method, AGENTS, _MANAGE)(change)


@endpoint("DELETE", AGENTS, _MANAGE)
async def delete(call: Call) -> object:
    """Remove an agent; those that the simulator runs jobs on stay."""
    row = _found(call)
    if row["status"] == "online":
        raise invalid(f"The agent {row['name']} runs jobs of the simulator and cannot be deleted.")
    call.kernel.store.delete(AGENT, agent_rows.key(row["pool"], row["id"]))
    return Answer(204)


@endpoint("PUT", CAPABILITIES, _MANAGE)
async def user_capabilities(call: Call) -> object:
    """What people say that an agent can do."""
    row = {**_found(call), "user": _texts(call.body)}
    agent_rows.save(call.organization, row)
    return view(call, row, True)


def _found(call: Call) -> Row:
    pool, number = found_pool(call, call.route["poolid"]), call.route["agentid"]
    key = agent_rows.key(pool["id"], int(number)) if number.isdecimal() else ""
    row = call.kernel.store.get(AGENT, key)
    if row is None:
        raise failure("TaskAgentNotFoundException", id=number, pool=pool["id"])
    return row


def _meets(row: Row, demand: str) -> bool:
    """`name`, or `name -equals value`."""
    name, _, value = (part.strip() for part in demand.partition("-equals"))
    known = {key.lower(): text for key, text in {**row["system"], **row["user"]}.items()}
    return name.lower() in known and (not value or known[name.lower()] == value)


def told(row: Row, given: dict[str, Any]) -> Row:
    """The row with what somebody says of the agent."""
    for name in ("name", "enabled", "version", "maxParallelism"):
        if given.get(name) is not None:
            row[name] = given[name]
    for own, name in (("system", "systemCapabilities"), ("user", "userCapabilities")):
        if given.get(name):
            row[own] = _texts(mapping(given, name))
    return row


def _texts(given: Any) -> dict[str, str]:
    return {str(name): str(value) for name, value in as_mapping(given, "the capabilities").items()}


def view(call: Call, row: Row, capabilities: bool) -> Row:
    """A TaskAgent, with its capabilities if they are asked for."""
    url = f"{call.url}/_apis/distributedtask/pools/{row['pool']}/agents/{row['id']}"
    value: Row = {
        "_links": {"self": {"href": url}},
        "maxParallelism": row["maxParallelism"],
        "createdOn": iso(row["created"]),
        "statusChangedOn": iso(row["statusChanged"]),
        "id": row["id"],
        "name": row["name"],
        "version": row["version"],
        "osDescription": "Linux",
        "enabled": row["enabled"],
        "status": row["status"],
        "provisioningState": "Provisioned",
        "accessPoint": "CodexAccessMapping",
    }
    if capabilities:
        value |= {"systemCapabilities": row["system"], "userCapabilities": row["user"]}
    return value
