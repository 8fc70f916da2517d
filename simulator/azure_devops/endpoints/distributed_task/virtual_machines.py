"""Virtual machines of environments: registered as an agent registers itself, tagged, replaced and removed.

Source: the public REST specification, `environments` (`Vmresource`, `Pool`, `Environmentaccesstoken`).
"""

from __future__ import annotations

import asyncio
from typing import Any

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint, page
from simulator.azure_devops.endpoints.distributed_task import agents, environments, pools
from simulator.azure_devops.endpoints.distributed_task import environment_resources as resources
from simulator.azure_devops.errors import failure
from simulator.azure_devops.organization import Row
from simulator.azure_devops.personal_tokens import PersonalTokens
from simulator.azure_devops.pipelines import agent_rows, machines
from simulator.azure_devops.shapes import mapping, texts

MACHINES = "20cb45c7-bd6c-401e-b7e0-a634beda2683"
POOL = "d28f3dfe-5bb8-4b06-8420-0452882a4957"
TOKEN = "c90d3b68-268d-429d-8b14-1aa864f7f0f6"
_MANAGE = "vso.environment_manage"
_INSTEAD = (
    "a host with an operating system of its own, whose agent connects from outside and registers itself by a script;"
    " here a lasting folder and the tools of the simulator's agent"
)


@endpoint("GET", MACHINES, "vso.build")
async def listed(call: Call) -> object:
    """The machines (`name`, `tags`: those that have all of them, page by page), or that of the address."""
    environment = environments.found(call)
    if number := call.route.get("resourceid"):
        return _view(call, environment, resources.found(environment, machines.TYPE, number))
    name = call.query.get("name", "").lower()
    asked = {tag.strip().lower() for tag in call.query.get("tags", "").split(",") if tag.strip()}
    rows = [
        row
        for row in machines.of_environment(environment)
        if name in ("", row["name"].lower()) and asked <= {tag.lower() for tag in row["tags"]}
    ]
    chosen, headers = page(call, rows)
    return Answer(200, collection([_view(call, environment, row) for row in chosen]), headers=headers)


@endpoint("POST", MACHINES, _MANAGE)
async def register(call: Call) -> object:
    """A new machine with its agent, which works from now on."""
    environment, given = environments.found(call), mapping(call.object_body(), "virtualMachineResource")
    told = mapping(given, "agent")
    name = str(given.get("name") or told.get("name") or "")
    if not name:
        raise failure("VssPropertyValidationException", parameter="name")
    with call.kernel.store.transaction():
        pool = machines.pool_of(call.organization, environment)
        if resources.named(environment, name):
            raise failure("TaskAgentExistsException", pool=pool["id"], name=name)
        agent = agent_rows.agent_row(call.organization, pool["id"], name, "online")
        agents.told(agent, told)
        agent["name"] = name
        said = mapping(told, "systemCapabilities")
        agent["system"] |= machines.computer_name(
            {key: str(value) for key, value in said.items()}, str(told.get("name") or name)
        )
        agent_rows.save(call.organization, agent)
        row = resources.row_of(call, machines.TYPE, name, _tags(given))
        row |= {"pool": pool["id"], "agent": agent["id"]}
        resources.kept(call, environment, row)
        subject = f"virtual machine {name} of environment {environment['name']}"
        call.kernel.log.record("AcceptedNotSimulated", subject, {"instead": _INSTEAD})
    return _view(call, environment, row)


async def change(call: Call) -> object:
    """Other tags, or what its agent says anew of itself; the address or the body says which machine."""
    environment, given = environments.found(call), call.object_body()
    number = call.route.get("resourceid") or str(given.get("id") or "")
    row = resources.found(environment, machines.TYPE, number)
    if given.get("tags") is not None:
        row["tags"] = _tags(given)
    row |= {"modifiedBy": call.caller.identity.name, "modifiedOn": call.kernel.clock.iso()}
    agent = machines.agent_of(call.organization, row)
    with call.kernel.store.transaction():
        if agent is not None and (told := mapping(given, "agent")):
            agents.told(agent, {name: value for name, value in told.items() if name != "name"})
            agent_rows.save(call.organization, agent)
        resources.kept(call, environment, row)
    return _view(call, environment, row)


for _method in ("PUT", "PATCH"):
    endpoint(_method, MACHINES, _MANAGE)(change)


@endpoint("DELETE", MACHINES, _MANAGE)
async def delete(call: Call) -> object:
    """Remove a machine: with it go its agent and its files."""
    environment = environments.found(call)
    row = resources.found(environment, machines.TYPE, call.route.get("resourceid", ""))
    with call.kernel.store.transaction():
        resources.removed(call, environment, row)
        machines.forget(call.organization, [row])
    await asyncio.to_thread(machines.remove_files, call.kernel.store.directory, [row])
    return Answer(204)


@endpoint("GET", POOL, "vso.build")
async def pool(call: Call) -> object:
    """The pool that the agents of the environment's machines are in."""
    environment = environments.found(call)
    with call.kernel.store.transaction():
        row = machines.pool_of(call.organization, environment)
    return pools.reference(call, row)


@endpoint("POST", TOKEN, _MANAGE)
async def token(call: Call) -> object:
    """A personal access token of the caller's by which machines register themselves and remove themselves."""
    environment = environments.found(call)
    given: dict[str, Any] = {"displayName": f"Environment {environment['name']}"}
    given["scope"] = f"{_MANAGE} vso.build"
    _, text = PersonalTokens(call.organization).make(call.caller.identity.name, given)
    return text


def _tags(given: dict[str, Any]) -> list[str]:
    """Each tag once, whatever its case."""
    kept: dict[str, str] = {}
    for tag in texts(given, "tags"):
        if tag.strip():
            kept.setdefault(tag.strip().lower(), tag.strip())
    return list(kept.values())


def _view(call: Call, environment: Row, row: Row) -> Row:
    value = resources.view(call, environment, row)
    agent = machines.agent_of(call.organization, row)
    return value if agent is None else {**value, "agent": agents.view(call, agent, True)}
