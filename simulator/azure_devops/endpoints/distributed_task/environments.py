"""Environments: what deployment jobs name and approvals hang on. One table, two areas (pipelines, distributedtask)."""

from __future__ import annotations

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.errors import failure
from simulator.azure_devops.organization import ENVIRONMENT, Row, number_key
from simulator.azure_devops.seeding import environment_row

PIPELINES = "d86b72de-d240-4d6f-8d06-08c2d66b015d"
DISTRIBUTED_TASK = "8572b1fc-2482-47fa-8f74-7e3ed53ee54b"


def _view(call: Call, row: Row) -> Row:
    creator = call.organization.person_reference(row["createdBy"])
    return {
        "id": row["id"],
        "name": row["name"],
        "description": row["description"],
        "createdBy": creator,
        "createdOn": row["created"],
        "lastModifiedBy": creator,
        "lastModifiedOn": row["created"],
        "resources": [],
        "project": {"id": row["project"], "name": call.organization.project(row["project"])["name"]},
    }


def _found(call: Call) -> Row:
    project, number = call.project(), call.route["environmentid"]
    row = call.organization.numbered(ENVIRONMENT, number)
    if row is None or row["project"] != project["id"]:
        raise failure("EnvironmentNotFoundException", id=number)
    return row


async def environments(call: Call) -> object:
    """The environments of the project (by `name`), or one."""
    if "environmentid" in call.route:
        return _view(call, _found(call))
    rows = call.organization.rows(ENVIRONMENT, call.project()["id"])
    name = call.query.get("name", "").lower()
    return collection([_view(call, row) for row in rows if not name or row["name"].lower() == name])


async def create(call: Call) -> object:
    """A new environment."""
    project, name = call.project(), str(call.member("name"))
    if call.organization.environment_named(project["id"], name):
        raise failure("EnvironmentExistsException", name=name)
    description = str(call.object_body().get("description") or "")
    row = environment_row(call.organization, project["id"], name, description, call.caller.identity.name)
    call.organization.save(ENVIRONMENT, row)
    return _view(call, row)


async def delete(call: Call) -> object:
    """Remove an environment."""
    call.kernel.store.delete(ENVIRONMENT, number_key(_found(call)["id"]))
    return Answer(204)


for _location in (PIPELINES, DISTRIBUTED_TASK):
    endpoint("GET", _location, "vso.build")(environments)
    endpoint("POST", _location, "vso.environment_manage")(create)
    endpoint("DELETE", _location, "vso.environment_manage")(delete)
