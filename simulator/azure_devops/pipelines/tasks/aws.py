"""The tasks of the AWS toolkit: each a program in the job's room that signs in with the service connection."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from simulator.azure_devops.pipelines.agent import predefined
from simulator.azure_devops.pipelines.agent.attempt import Program
from simulator.azure_devops.pipelines.agent.job_files import PROGRAMS
from simulator.azure_devops.pipelines.tasks.call import TaskCall, TaskEffect, TaskFailed
from simulator.azure_devops.pipelines.tasks.scripts import check_exists

_SECRET = ("password", "sessionToken")


async def shell_script(call: TaskCall) -> int:
    """AWSShellScript@1: a bash script with the credentials in its environment."""
    if call.input("scriptType").lower() == "inline":
        name = f"awsshellscript_{call.attempt.record}.sh"
        script = call.job.files.write_temporary(name, call.input("inlineScript"))
    else:
        script = absolute(call.input("filePath"))
        check_exists(call, script, "filePath")
    directory = call.input("workingDirectory") if call.flag("disableAutoCwd") else ""
    more = {"INPUT_SCRIPT": script, "INPUT_DIRECTORY": absolute(directory)}
    return await run_program(call, "aws_shell_script.py", more)


async def command_line(call: TaskCall) -> int:
    """AWSCLI@1: one command of the AWS CLI."""
    return await run_program(call, "aws_cli.py")


async def create_or_update_stack(call: TaskCall) -> int:
    """CloudFormationCreateOrUpdateStack@1: boto3 in the job's room, as the toolkit does with its own SDK."""
    return await run_program(call, "cloudformation_stack.py")


async def run_program(call: TaskCall, name: str, more: Mapping[str, str] | None = None) -> int:
    """Run a program of `programs/` with the task's inputs, its service connection and the variables that it reads."""
    inputs = {f"INPUT_{key.upper()}": text for key, text in call.inputs.items()}
    environment = {**inputs, **_connection(call), **_variables(call), **(more or {})}
    return await call.run(Program(("python3", f"{PROGRAMS}/{name}"), environment, predefined.SOURCES))


def absolute(path: str) -> str:
    """What the agent makes of an input that is a path: it starts at System.DefaultWorkingDirectory."""
    return posixpath.normpath(posixpath.join(predefined.SOURCES, path.strip()))


def _connection(call: TaskCall) -> dict[str, str]:
    """The service connection as azure-pipelines-task-lib passes it: ENDPOINT_AUTH_PARAMETER_<id>_<KEY>."""
    name = call.input("awsCredentials")
    if not name:
        return {}
    context = call.job.context
    row = context.room.organization.service_endpoint_named(context.project["id"], name)
    if row is None or row["type"].lower() != "aws":
        raise TaskFailed(f"Endpoint auth data not present: {name}")
    parameters = row["authorization"]["parameters"]
    for key in _SECRET:
        call.job.mask(parameters.get(key, ""))
    prefix = f"ENDPOINT_AUTH_PARAMETER_{row['id']}_"
    return {
        "INPUT_AWSCREDENTIALS": row["id"],
        **{f"{prefix}{key.upper()}": value for key, value in parameters.items()},
    }


def _variables(call: TaskCall) -> dict[str, str]:
    """The task variables that the toolkit reads, secret ones too (they are never exported by themselves)."""
    names = (
        "AWS.AccessKeyID",
        "AWS.SecretAccessKey",
        "AWS.SessionToken",
        "AWS.AssumeRoleArn",
        "AWS.ExternalId",
        "AWS.RoleSessionName",
        "AWS.Region",
        "aws.rolecredential.maxduration",
        "System.AccessToken",
    )
    found = {name: call.value(name) for name in names}
    return {f"VARIABLE_{name.upper().replace('.', '_')}": value for name, value in found.items() if value}


EFFECTS: dict[tuple[str, int], TaskEffect] = {
    ("AWSShellScript", 1): shell_script,
    ("AWSCLI", 1): command_line,
    ("CloudFormationCreateOrUpdateStack", 1): create_or_update_stack,
}
