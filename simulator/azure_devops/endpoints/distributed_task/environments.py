"""Environments: what deployment jobs name and approvals hang on. One table, two areas (pipelines, distributedtask)."""

from __future__ import annotations

import asyncio

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.moments import iso
from simulator.azure_devops.organization import CHECK, ENVIRONMENT, Row, number_key
from simulator.azure_devops.pipelines import machines
from simulator.azure_devops.pipelines.resource_uses import DEPLOYMENT, owner_view
from simulator.azure_devops.pipelines.starting.new_environments import row_of
from simulator.azure_devops.security import namespaces, tokens

PIPELINES = "d86b72de-d240-4d6f-8d06-08c2d66b015d"
DISTRIBUTED_TASK = "8572b1fc-2482-47fa-8f74-7e3ed53ee54b"
RECORDS = ("51bb5d21-4305-4ea6-9dbb-b7488af73334", "0d9bba8c-e474-49a0-979a-e3b990b4bf76")


def _view(call: Call, row: Row) -> Row:
    people = call.person_reference
    return {
        "id": row["id"],
        "name": row["name"],
        "description": row["description"],
        "createdBy": people(row["createdBy"]),
        "createdOn": row["created"],
        "lastModifiedBy": people(str(row.get("modifiedBy") or row["createdBy"])),
        "lastModifiedOn": row.get("modified") or row["created"],
        "resources": _resources(call, row),
        "project": {"id": row["project"], "name": call.organization.project(row["project"])["name"]},
    }


def _resources(call: Call, row: Row) -> list[Row]:
    """The references, where `expands` asks for them."""
    if call.query.get("expands", "").lower() not in ("resourcereferences", "1"):
        return []
    names = ("id", "name", "type")
    known = row.get("resources", [])
    return [{**{name: one[name] for name in names}, "tags": one.get("tags", [])} for one in known]


def found(call: Call) -> Row:
    """The environment of the address."""
    project, number = call.project(), call.route["environmentid"]
    row = call.organization.numbered(ENVIRONMENT, number)
    if row is None or row["project"] != project["id"]:
        raise failure("EnvironmentNotFoundException", id=number)
    return row


async def environments(call: Call) -> object:
    """The environments of the project (by `name`, `$top`), or one."""
    if "environmentid" in call.route:
        return _view(call, found(call))
    rows = call.organization.rows(ENVIRONMENT, call.project()["id"])
    name = call.query.get("name", "").lower()
    chosen = [row for row in rows if not name or row["name"].lower() == name]
    chosen = call.permitted(
        namespaces.ENVIRONMENT, "View", chosen, lambda row: tokens.environment(row["project"], row["id"])
    )
    return collection([_view(call, row) for row in chosen[: call.number("$top", len(chosen))]])


async def create(call: Call) -> object:
    """A new environment."""
    project, name = call.project(), str(call.member("name"))
    if call.organization.environment_named(project["id"], name):
        raise failure("EnvironmentExistsException", name=name)
    description = str(call.object_body().get("description") or "")
    row = row_of(call.organization, project["id"], name, description, call.caller.identity.name)
    with call.kernel.store.transaction():
        call.organization.save(ENVIRONMENT, row)
        call.owns(namespaces.ENVIRONMENT, tokens.environment(project["id"], row["id"]), "*")
    return _view(call, row)


async def change(call: Call) -> object:
    """Another name or description."""
    row, given = found(call), call.object_body()
    name = str(given.get("name") or row["name"])
    other = call.organization.environment_named(row["project"], name)
    if other is not None and other["id"] != row["id"]:
        raise failure("EnvironmentExistsException", name=name)
    description = str(given["description"] or "") if "description" in given else row["description"]
    changed = {**row, "name": name, "description": description}
    changed |= {"modifiedBy": call.caller.identity.name, "modified": call.kernel.clock.iso()}
    call.organization.save(ENVIRONMENT, changed)
    return _view(call, changed)


async def delete(call: Call) -> object:
    """Remove an environment, with the checks on it and its machines."""
    row = found(call)
    with call.kernel.store.transaction():
        machines.forget(call.organization, row.get("resources", []))
        machines.forget_pool(call.organization, row)
        for check in call.organization.rows(CHECK, row["project"]):
            if (check["resource"]["type"], check["resource"]["id"]) == ("environment", str(row["id"])):
                call.kernel.store.delete(CHECK, number_key(check["id"]))
        call.kernel.store.delete(ENVIRONMENT, number_key(row["id"]))
    await asyncio.to_thread(machines.remove_files, call.kernel.store.directory, row.get("resources", []))
    return Answer(204)


async def records(call: Call) -> object:
    """What was deployed to the environment, the newest first (`top`, `continuationToken`: the id to go on from)."""
    row = found(call)
    rows = [each for _, each in call.kernel.store.scan(DEPLOYMENT, f"{row['id']}/")]
    rows.sort(key=lambda each: -int(each["id"]))
    if text := call.query.get("continuationtoken", ""):
        if not text.isdecimal():
            raise invalid(f"The continuation token {text} is not valid.")
        rows = [each for each in rows if each["id"] <= int(text)]
    top = call.number("top", 25)
    shown = collection([_record(call, row, each) for each in rows[:top]])
    left = rows[top:]
    headers = {"x-ms-continuationtoken": str(left[0]["id"])} if left else {}
    return Answer(200, shown, headers=headers)


def _record(call: Call, environment: Row, row: Row) -> Row:
    run = call.azure.runs.find(row["run"]) or {"planId": ""}
    value = {
        "id": row["id"],
        "environmentId": environment["id"],
        "serviceOwner": "00025394-6065-48ca-87d9-7f5672854ef7",
        "scopeId": row["project"],
        "planType": "Build",
        "planId": run["planId"],
        "requestIdentifier": row["record"],
        "stageName": row["stage"],
        "jobName": row["job"],
        "stageAttempt": row["stageAttempt"],
        "jobAttempt": row["jobAttempt"],
        "resourceId": row.get("resource"),
        **owner_view(call.organization, row, call.url),
        "result": row["result"],
        "queueTime": iso(row["queued"]),
        "startTime": iso(row["started"]),
        "finishTime": iso(row["finished"]),
    }
    return {name: item for name, item in value.items() if item is not None}


for _location in (PIPELINES, DISTRIBUTED_TASK):
    endpoint("GET", _location, "vso.build")(environments)
    endpoint("POST", _location, "vso.environment_manage")(create)
    endpoint("PATCH", _location, "vso.environment_manage")(change)
    endpoint("DELETE", _location, "vso.environment_manage")(delete)
for _location in RECORDS:
    endpoint("GET", _location, "vso.build")(records)
