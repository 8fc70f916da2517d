"""A task that the user has on disk: its own script, run by node with the contract of the agent's node handler.

Source: the agent's `Handler` and `NodeHandler`; azure-pipelines-task-lib reads what is passed.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterable, Mapping

from simulator.azure_devops.language.plan import Variable
from simulator.azure_devops.organization import SECURE_FILE, Row
from simulator.azure_devops.pipelines.agent.attempt import Program
from simulator.azure_devops.pipelines.agent.containers_wanted import set_name, task_place
from simulator.azure_devops.pipelines.agent.endpoints import declared, environment_of_endpoints, variable_name
from simulator.azure_devops.pipelines.agent.job_files import PROGRAMS
from simulator.azure_devops.pipelines.room import INSIDE_URL
from simulator.azure_devops.pipelines.tasks.call import TaskCall, TaskEffect, TaskFailed
from simulator.azure_devops.task_definitions.catalogue import Task
from simulator.azure_devops.task_definitions.definition import OnDisk
from simulator.azure_devops.task_definitions.on_disk import NODES
from simulator.runtime.work import Mount

_NODE_LABEL = "com.azure.dev.pipelines.agent.handler.node.path"
NO_HANDLER = (
    "The current operating system is not capable of running this task. That typically means the task was written for"
    " Windows only. For example, written for Windows Desktop PowerShell."
)
"""The agent's SupportedTaskHandlerNotFoundLinux."""


def effect(on_disk: OnDisk, part: str) -> TaskEffect:
    """The effect of a part of a task on disk."""

    async def run(call: TaskCall) -> int:
        program = on_disk.programs.get(part)
        if program is None:
            raise TaskFailed(NO_HANDLER)
        step = call.attempt.step
        task = call.job.tasks.find(step.task_id, step.version)
        assert task is not None, "a task that runs is in the catalogue"
        place = task_place(task)
        script = f"{place}/{program.target}"
        inside = bool(call.attempt.container)
        where = "the container's image" if inside else "the simulator's agent"
        wanted = str(NODES[program.handler.lower()])
        code = await call.run(
            Program(
                ("bash", f"{PROGRAMS}/node_task.sh", wanted, script, where, *await _own_node(call)),
                contract(call, task),
                portable=inside,
                mounts=(Mount(on_disk.folder, place, read_only=True),),
            )
        )
        if code:
            call.attempt.error(
                f"Exit code {code} returned from process: file name 'node', arguments '\"{script}\"'."
            )
        return code

    return run


async def _own_node(call: TaskCall) -> tuple[str, ...]:
    """The node that the label of a container's image names, as the agent asks for it; else the one on PATH."""
    containers = call.job.context.room.containers
    if not call.attempt.container or containers is None:
        return ()
    found = await containers.programs.label(set_name(call.job), call.attempt.container, _NODE_LABEL)
    return (found,) if found else ()


def contract(call: TaskCall, task: Task) -> dict[str, str]:
    """The environment that the agent's handler makes: variables, inputs, connections, secure files, task variables."""
    job, variables = call.job, call.attempt.variables
    task_variables = job.state.task_variables.get(call.attempt.instance, {})
    return {
        **_variables(variables.values()),
        **{f"INPUT_{variable_name(name)}": text for name, text in _inputs(call, task).items()},
        **environment_of_endpoints(declared(job)),
        **_own_connection(call),
        **_secure_files(call, task),
        **{f"VSTS_TASKVARIABLE_{variable_name(name)}": text for name, text in task_variables.items()},
        # Where the agent has the job's status under its plain name, too.
        "agent.jobstatus": call.value("Agent.JobStatus"),
    }


def _variables(variables: Iterable[Variable]) -> dict[str, str]:
    """Public ones are in the environment of every step; here secrets and the names of both come besides."""
    listed = list(variables)
    secrets = [each for each in listed if each.secret]
    return {
        **{f"SECRET_{variable_name(each.name)}": each.value for each in secrets},
        "VSTS_PUBLIC_VARIABLES": json.dumps([each.name for each in listed if not each.secret]),
        "VSTS_SECRET_VARIABLES": json.dumps([each.name for each in secrets]),
    }


def _inputs(call: TaskCall, task: Task) -> Mapping[str, str]:
    """Every input of the task, paths made absolute; a connection or a secure file is passed by its id."""
    organization, project = call.job.context.room.organization, call.job.context.project["id"]
    made = {**{each.name: "" for each in task.inputs}, **call.inputs}
    for each in task.inputs:
        value = made[each.name]
        if each.path:
            made[each.name] = posixpath.normpath(posixpath.join(call.job.directory, value.strip()))
        elif value and (each.connection or each.secure_file):
            row = (
                organization.service_endpoint_named(project, value)
                if each.connection
                else organization.named(SECURE_FILE, project, value)
            )
            made[each.name] = str(row["id"]) if row is not None else value
    return made


def _own_connection(call: TaskCall) -> dict[str, str]:
    """The job's own connection to the service, by which tasks call its REST API with the job's token."""
    organization, key = call.job.context.room.organization, "SYSTEMVSSCONNECTION"
    token = call.value("System.AccessToken")
    return {
        f"ENDPOINT_URL_{key}": f"{INSIDE_URL}/{organization.name}/",
        f"ENDPOINT_AUTH_{key}": json.dumps({"parameters": {"AccessToken": token}, "scheme": "OAuth"}),
        f"ENDPOINT_AUTH_SCHEME_{key}": "OAuth",
        f"ENDPOINT_AUTH_PARAMETER_{key}_ACCESSTOKEN": token,
    }


def _secure_files(call: TaskCall, task: Task) -> dict[str, str]:
    organization, project = call.job.context.room.organization, call.job.context.project["id"]
    found: list[Row | None] = [
        organization.named(SECURE_FILE, project, call.input(each.name))
        for each in task.inputs
        if each.secure_file and call.input(each.name)
    ]
    made: dict[str, str] = {}
    for row in found:
        if row is not None:
            made |= {
                f"SECUREFILE_NAME_{row['id']}": row["name"],
                f"SECUREFILE_TICKET_{row['id']}": row["sha256"][:32],
            }
    return made
