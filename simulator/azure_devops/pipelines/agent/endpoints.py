"""The service connections that a job declares, as its steps see them.

Source: the agent's `Handler.AddEndpointsToEnvironment` and `TaskSetEndpointCommand`.
"""

from __future__ import annotations

import json
import re
from typing import Any

from simulator.azure_devops.organization import Row
from simulator.azure_devops.pipelines.agent.command_effects import CommandFailed, SetEndpoint
from simulator.azure_devops.pipelines.agent.job_room import JobRoom
from simulator.azure_devops.task_definitions.catalogue import Catalogue, applies, canonical_inputs
from simulator.azure_devops.task_definitions.definition import connection_names


def declared(job: JobRoom) -> list[Row]:
    """The connections that inputs of the job's steps name, with what steps have changed of them."""
    names = {
        name
        for step in job.setup.steps
        for name in _named(job.tasks, step.task_id, step.version, step.inputs)
    }
    found = {}
    for name in names:
        row = connection(job, name)
        if row is not None:
            found[row["id"]] = row
    return list(found.values())


def connection(job: JobRoom, name: str) -> Row | None:
    """The connection of that name with what steps have changed of it, where there is one."""
    row = job.context.room.organization.service_endpoint_named(job.context.project["id"], name)
    return _changed(row, job.state.endpoints.get(row["id"], {})) if row is not None else None


def change(job: JobRoom, wanted: SetEndpoint) -> None:
    """Carry out task.setendpoint. Raises CommandFailed for a connection that the job does not declare."""
    if wanted.part == "auth":
        job.mask(wanted.value)
    if wanted.endpoint not in [row["id"] for row in declared(job)]:
        told = (
            f"Service connection with id '{wanted.endpoint}' is not declared in the pipeline job and therefore"
            " can't be referenced in task.setendpoint commands."
        )
        raise CommandFailed(f"Value cannot be null. (Parameter '{told}')")
    changes = job.state.endpoints.setdefault(wanted.endpoint, {})
    if wanted.part == "url":
        changes["url"] = wanted.value
    else:
        changes.setdefault(wanted.part, {})[wanted.key] = wanted.value


def environment_of_endpoints(rows: list[Row]) -> dict[str, str]:
    """ENDPOINT_URL_, ENDPOINT_AUTH_, ENDPOINT_DATA_ variables of the connections, by id."""
    made: dict[str, str] = {}
    for row in rows:
        key, authorization, data = row["id"], row["authorization"], row.get("data") or {}
        made[f"ENDPOINT_URL_{key}"] = row.get("url") or ""
        made[f"ENDPOINT_AUTH_{key}"] = json.dumps(authorization)
        made[f"ENDPOINT_AUTH_SCHEME_{key}"] = authorization.get("scheme") or ""
        for name, value in (authorization.get("parameters") or {}).items():
            made[f"ENDPOINT_AUTH_PARAMETER_{key}_{variable_name(name)}"] = str(value)
        made[f"ENDPOINT_DATA_{key}"] = json.dumps(data)
        for name, value in data.items():
            made[f"ENDPOINT_DATA_{key}_{variable_name(name)}"] = str(value)
    return made


def variable_name(name: str) -> str:
    """A name as an environment variable has it."""
    return re.sub(r"[. ]", "_", name).upper()


def _named(tasks: Catalogue, task_id: str, version: int, inputs: Any) -> list[str]:
    task = tasks.find(task_id, version)
    if task is None:
        return []
    given = canonical_inputs(task, inputs)
    return [
        name
        for each in task.inputs
        if each.connection and given.get(each.name) and applies(each, given)
        for name in connection_names(each, given[each.name])
    ]


def _changed(row: Row, changes: dict[str, Any]) -> Row:
    authorization = {**row["authorization"]}
    authorization["parameters"] = {**(authorization.get("parameters") or {}), **changes.get("auth", {})}
    return {
        **row,
        "url": changes.get("url", row.get("url")),
        "authorization": authorization,
        "data": {**(row.get("data") or {}), **changes.get("data", {})},
    }
