"""The tasks of the AWS toolkit: each a program in the job's room that signs in with the service connection."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from simulator.azure_devops.pipelines.agent.attempt import Program
from simulator.azure_devops.pipelines.agent.endpoints import connection
from simulator.azure_devops.pipelines.agent.job_files import PROGRAMS
from simulator.azure_devops.pipelines.tasks.aws_inside import run_inside
from simulator.azure_devops.pipelines.tasks.call import TaskCall, TaskEffect, TaskFailed
from simulator.azure_devops.pipelines.tasks.scripts import check_exists
from simulator.azure_devops.task_definitions.aws import input_names, path_inputs
from simulator.kernel.errors import NotSimulated

_INSIDE = ("AWSCLI", "AWSShellScript")
"""What runs a program of the user's: in a container that program is the container's."""
_NOT_BESIDE = ("ECRPullImage", "ECRPushImage", "LambdaNETCoreDeploy")
"""What needs the docker command line, whose engine a container does not reach, or the .NET one of the container."""
_SECRET = ("password", "sessionToken")


async def shell_script(call: TaskCall) -> int:
    """AWSShellScript@1: a bash script with the credentials in its environment."""
    if call.input("scriptType").lower() == "inline":
        name = f"awsshellscript_{call.attempt.record}.sh"
        script = call.job.files.write_temporary(name, call.input("inlineScript"))
    else:
        script = absolute(call, call.input("filePath"))
        check_exists(call, script, "filePath", "Error: ")
    directory = call.input("workingDirectory") if call.flag("disableAutoCwd") else ""
    more = {"INPUT_SCRIPT": call.seen(script), "INPUT_DIRECTORY": call.seen(absolute(call, directory))}
    return await run_program(call, "AWSShellScript", "aws_shell_script.py", more)


async def run_program(call: TaskCall, task: str, program: str, more: Mapping[str, str] | None = None) -> int:
    """Run a program of `programs/aws` with the task's inputs, its connection and the variables that it reads."""
    # As the agent does: each input that the task has is there, if empty.
    given = {**dict.fromkeys(input_names(task), ""), **call.inputs}
    paths = {name: absolute(call, call.input(name)) for name in path_inputs(task)}
    inputs = {f"INPUT_{key.upper()}": text for key, text in {**given, **paths}.items()}
    environment = {**inputs, **_connection(call), **_variables(call), **(more or {})}
    command = ("python3", f"{PROGRAMS}/aws_task.py", f"{PROGRAMS}/aws/{program}")
    if call.attempt.container and task in _INSIDE:
        return await run_inside(call, task, command, environment)
    for path in call.own_to_container(paths.values()):
        raise NotSimulated(
            f"the task {task}@1 on {path}, which only its container has",
            "Copy it to a file of the job first, such as $(Pipeline.Workspace)/data.",
        )
    return await call.run(Program(command, environment, beside=task not in _NOT_BESIDE))


def absolute(call: TaskCall, path: str) -> str:
    """What the agent makes of an input that is a path: it starts at System.DefaultWorkingDirectory."""
    return posixpath.normpath(posixpath.join(call.job.directory, path.strip()))


def _connection(call: TaskCall) -> dict[str, str]:
    """The service connection as azure-pipelines-task-lib passes it: ENDPOINT_AUTH_PARAMETER_<id>_<KEY>."""
    name = call.input("awsCredentials")
    if not name:
        return {}
    row = connection(call.job, name)
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
    named = call.input("instanceBuildVariable")
    found = {name: call.value(name) for name in (*names, *((named,) if named else ()))}
    return {f"VARIABLE_{name.upper().replace('.', '_')}": value for name, value in found.items() if value}


async def _powershell(call: TaskCall) -> int:
    """AWSPowerShellModuleScript@1 has a handler for Windows only: on this agent the step fails as on a Linux one.

    The text is the agent's (SupportedTaskHandlerNotFoundLinux).
    """
    raise TaskFailed(
        "A supported task execution handler was not found. This step does not have an execution handler implementation"
        " that is compatible with the current operating system. Contact the task author for more details."
    )


async def _dotnet(call: TaskCall) -> int:
    """LambdaNETCoreDeploy@1 runs the .NET command line on PATH; where there is none, it is refused by name."""
    if await call.run(Program(("bash", "-c", "command -v dotnet >/dev/null"), portable=True)):
        raise NotSimulated(
            "LambdaNETCoreDeploy (no dotnet on the agent's PATH)",
            "Install the .NET SDK where the steps run, or package in a script and use LambdaDeployFunction@1.",
        )
    return await run_program(call, "LambdaNETCoreDeploy", "lambda_net_core.py")


def _runs(task: str, program: str) -> TaskEffect:
    """The effect of a task that is one program and nothing else."""

    async def effect(call: TaskCall) -> int:
        return await run_program(call, task, program)

    return effect


_PROGRAMS = {
    "AWSCLI": "aws_cli.py",
    "BeanstalkCreateApplicationVersion": "beanstalk_version.py",
    "BeanstalkDeployApplication": "beanstalk_deploy.py",
    "CloudFormationCreateOrUpdateStack": "cloudformation_stack.py",
    "CloudFormationDeleteStack": "stack_delete.py",
    "CloudFormationExecuteChangeSet": "change_set_execute.py",
    "CodeDeployDeployApplication": "code_deploy.py",
    "ECRPullImage": "ecr_pull.py",
    "ECRPushImage": "ecr_push.py",
    "LambdaDeployFunction": "lambda_deploy.py",
    "LambdaInvokeFunction": "lambda_invoke.py",
    "S3Download": "s3_download.py",
    "S3Upload": "s3_upload.py",
    "SecretsManagerCreateOrUpdateSecret": "secret_update.py",
    "SecretsManagerGetSecret": "secret_get.py",
    "SendMessage": "send_message.py",
    "SystemsManagerGetParameter": "parameter_get.py",
    "SystemsManagerRunCommand": "run_command.py",
    "SystemsManagerSetParameter": "parameter_set.py",
}

EFFECTS: dict[tuple[str, int], TaskEffect] = {
    ("AWSShellScript", 1): shell_script,
    ("AWSPowerShellModuleScript", 1): _powershell,
    ("LambdaNETCoreDeploy", 1): _dotnet,
    **{(task, 1): _runs(task, program) for task, program in _PROGRAMS.items()},
}
