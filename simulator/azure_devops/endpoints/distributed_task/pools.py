"""Agent pools of the organization, and the queues by which projects use them."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.identities import stable_id
from simulator.azure_devops.organization import AGENT, POOL, QUEUE, Row, number_key
from simulator.azure_devops.pipelines.agent_rows import of_pool
from simulator.azure_devops.pipelines.gates import permissions
from simulator.azure_devops.seeding import pool_row, queue_row
from simulator.azure_devops.shapes import mapping
from simulator.formats.wildcards import matches

POOLS = "a8c47e17-4d56-4a56-92bb-de7ea7dc65be"
QUEUES = "900fa995-c559-4923-aae7-f8424fe4fbea"
_READ, _MANAGE = "vso.agentpools", "vso.agentpools_manage"


def found_pool(call: Call, number: str) -> Row:
    """The pool of that number."""
    row = call.organization.numbered(POOL, number)
    if row is None:
        raise failure("TaskAgentPoolNotFoundException", id=number)
    return row


def reference(call: Call, row: Row) -> dict[str, Any]:
    """A TaskAgentPoolReference."""
    return {
        "id": row["id"],
        "scope": stable_id("organization", call.organization.name),
        "name": row["name"],
        "isHosted": row["isHosted"],
        "poolType": row["poolType"],
        "size": len(of_pool(call.organization, row["id"])),
        "isLegacy": False,
        "options": "none",
    }


def _view(call: Call, row: Row) -> Row:
    creator = call.person_reference(row["createdBy"])
    more = {name: row[name] for name in ("autoProvision", "autoUpdate", "autoSize")}
    value = {"createdOn": row["created"], **more, "createdBy": creator, "owner": creator, "properties": {}}
    return {**value, **reference(call, row)}


@endpoint("GET", POOLS, _READ)
async def pools(call: Call) -> object:
    """The pools (`poolName` with `*`, `poolType`, `poolIds`), or one."""
    if "poolid" in call.route:
        return _view(call, found_pool(call, call.route["poolid"]))
    rows = call.organization.rows(POOL)
    if pattern := call.query.get("poolname", "").lower():
        rows = [row for row in rows if matches(pattern, row["name"].lower())]
    if kind := call.query.get("pooltype", "").lower():
        rows = [row for row in rows if row["poolType"].lower() == kind]
    if text := call.query.get("poolids", ""):
        rows = [row for row in rows if str(row["id"]) in text.split(",")]
    return collection([_view(call, row) for row in rows])


@endpoint("POST", POOLS, _MANAGE)
async def create_pool(call: Call) -> object:
    """A new pool, without agents; with `autoProvision` every project gets a queue of it."""
    given, name = call.object_body(), str(call.member("name"))
    if any(row["name"].lower() == name.lower() for row in call.organization.rows(POOL)):
        raise failure("TaskAgentPoolExistsException", name=name)
    row = pool_row(call.organization, name, False, call.caller.identity.name)
    row |= {
        member: bool(given[member])
        for member in ("autoProvision", "autoUpdate", "autoSize")
        if member in given
    }
    row["autoProvision"] = bool(given.get("autoProvision"))
    row["poolType"] = str(given.get("poolType") or "automation")
    with call.kernel.store.transaction():
        call.organization.save(POOL, row)
        if row["autoProvision"]:
            for project in call.organization.projects():
                _add_queue(call, project["id"], name, row["id"], everybody=True)
    return _view(call, row)


@endpoint("PATCH", POOLS, _MANAGE)
async def change_pool(call: Call) -> object:
    """Other settings of a pool; that of the simulator's own keeps its name."""
    row, given = found_pool(call, call.route["poolid"]), call.object_body()
    if row.get("ours") and given.get("name") not in (None, row["name"]):
        raise invalid(f"The pool {row['name']} cannot be renamed.")
    wanted = ("name", "autoProvision", "autoUpdate", "autoSize")
    row |= {member: given[member] for member in wanted if given.get(member) is not None}
    call.organization.save(POOL, row)
    return _view(call, row)


@endpoint("DELETE", POOLS, _MANAGE)
async def delete_pool(call: Call) -> object:
    """Remove a pool with its agents and queues; the simulator's own and those of environments stay."""
    row = found_pool(call, call.route["poolid"])
    if row.get("ours") or row.get("environment"):
        raise invalid(f"The pool {row['name']} cannot be deleted.")
    with call.kernel.store.transaction():
        for queue in call.organization.rows(QUEUE):
            if queue["pool"] == row["id"]:
                call.kernel.store.delete(QUEUE, number_key(queue["id"]))
        for name, _ in call.kernel.store.scan(AGENT, f"{number_key(row['id'])}/"):
            call.kernel.store.delete(AGENT, name)
        call.kernel.store.delete(POOL, number_key(row["id"]))
    return Answer(204)


@endpoint("GET", QUEUES, _READ)
async def queues(call: Call) -> object:
    """The queues of the project (`queueName` with `*`, `queueNames`, `queueIds`, `poolIds`), or one."""
    project = call.project()["id"]
    if "queueid" in call.route:
        return _queue_view(call, _found_queue(call, project))
    rows = call.organization.rows(QUEUE, project)
    if pattern := call.query.get("queuename", "").lower():
        rows = [row for row in rows if matches(pattern, row["name"].lower())]
    for name, member in (("queuenames", "name"), ("queueids", "id"), ("poolids", "pool")):
        if text := call.query.get(name, "").lower():
            rows = [row for row in rows if str(row[member]).lower() in text.split(",")]
    return collection([_queue_view(call, row) for row in rows])


@endpoint("POST", QUEUES, _MANAGE)
async def create_queue(call: Call) -> object:
    """A queue of a pool for the project; `authorizePipelines` opens it to every pipeline."""
    project, given = call.project()["id"], call.object_body()
    named = mapping(given, "pool")
    pool = found_pool(call, str(named.get("id") or ""))
    name = str(given.get("name") or pool["name"])
    if call.organization.queue_named(project, name):
        raise failure("TaskAgentQueueExistsException", name=name)
    everybody = call.query.get("authorizepipelines", "").lower() == "true"
    return _queue_view(call, _add_queue(call, project, name, pool["id"], everybody))


@endpoint("DELETE", QUEUES, _MANAGE)
async def delete_queue(call: Call) -> object:
    """Remove a queue; its pool stays."""
    row = _found_queue(call, call.project()["id"])
    call.kernel.store.delete(QUEUE, number_key(row["id"]))
    return Answer(204)


def _add_queue(call: Call, project: str, name: str, pool: int, everybody: bool) -> Row:
    known = call.organization.queue_named(project, name)
    if known is not None:
        return known
    row = queue_row(call.organization, project, name, pool)
    call.organization.save(QUEUE, row)
    if everybody:
        by = call.caller.identity.name
        permissions.open_to_all(call.organization, "queue", str(row["id"]), project, by)
    return row


def _found_queue(call: Call, project: str) -> Row:
    row = call.organization.numbered(QUEUE, call.route["queueid"])
    if row is None or row["project"] != project:
        raise failure("TaskAgentQueueNotFoundException", id=call.route["queueid"])
    return row


def _queue_view(call: Call, row: Row) -> Row:
    pool = found_pool(call, str(row["pool"]))
    value = {"id": row["id"], "projectId": row["project"], "name": row["name"]}
    return {**value, "pool": reference(call, pool)}
