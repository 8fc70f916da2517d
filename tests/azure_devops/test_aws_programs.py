"""The programs of the AWS tasks against a real STS, S3 and CloudFormation over the wire, as a job starts them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.azure_devops.pipelines import tasks

PROGRAMS = Path(tasks.__file__).parent / "programs"
ROLE = "arn:aws:iam::333333333333:role/AzureDevOpsRole"
TEMPLATE = """
Parameters:
  Name: {Type: String}
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties: {BucketName: !Ref Name}
Outputs:
  Made: {Value: !Ref Bucket}
"""


@pytest.fixture
def program(simulator, tmp_path):
    """Run a program of a task with inputs: its exit code and its lines."""
    person = simulator.simulator.topology.person("azure-devops")
    connection = {
        "ENDPOINT_AUTH_PARAMETER_one_USERNAME": person.access_key_id,
        "ENDPOINT_AUTH_PARAMETER_one_PASSWORD": person.secret_access_key,
        "ENDPOINT_AUTH_PARAMETER_one_ASSUMEROLEARN": ROLE,
    }

    def run(name, environment=None, **inputs):
        given = {"awsCredentials": "one", "regionName": "US-East-1", "templateSource": "file", **inputs}
        done = subprocess.run(
            [sys.executable, str(PROGRAMS / "aws_task.py"), str(PROGRAMS / "aws" / name)],
            env={
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
                "HOME": str(tmp_path),
                "AWS_ENDPOINT_URL": simulator.aws_url,
                "AWS_EC2_METADATA_DISABLED": "true",
                "INPUT_DIRECTORY": str(tmp_path),
                **connection,
                **{f"INPUT_{key.upper()}": value for key, value in given.items()},
                **(environment or {}),
            },
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    return run


def test_a_script_gets_the_session_of_the_connections_role_and_nothing_of_the_tasks_own(program, tmp_path):
    script = tmp_path / "x.sh"
    told = [
        r'env | grep -c "^ENDPOINT_\|^INPUT_"',
        'echo "region $AWS_DEFAULT_REGION"',
        'echo "$AWS_SESSION_TOKEN" | wc -c',
    ]
    script.write_text("\n".join(told))
    code, said = program("aws_shell_script.py", script=str(script))
    assert code == 0, said
    assert "region us-east-1" in said
    assert "##vso[task.setsecret]" in said
    assert "\n0\n" in said


def test_the_session_remembers_the_cause_of_the_run(program, simulator, tmp_path):
    script = tmp_path / "x.sh"
    script.write_text("aws s3 mb s3://made-by-a-step")
    code, said = program("aws_shell_script.py", {"SIMULATOR_CAUSE": "77"}, script=str(script))
    assert code == 0, said
    assert "make_bucket: made-by-a-step" in said
    store = simulator.simulator.kernel.store

    async def sessions(_):
        return [row for _, row in store.scan("aws.session")] + [row for _, row in store.scan("sts.session")]

    assert [row["cause"] for row in simulator.do(sessions)] == [77]


def test_a_role_that_does_not_trust_the_connection_fails_the_task_with_awss_words(program, tmp_path):
    role = {"ENDPOINT_AUTH_PARAMETER_one_ASSUMEROLEARN": "arn:aws:iam::333333333333:role/ReadOnly"}
    code, said = program("aws_shell_script.py", role, script="x")
    assert code == 1
    assert "##vso[task.complete result=Failed;]AccessDenied: User: " in said


def test_a_stack_is_created_updated_and_left_alone(program, tmp_path):
    (tmp_path / "template.yaml").write_text(TEMPLATE)

    def deploy(bucket, **more):
        parameters = json.dumps([{"ParameterKey": "Name", "ParameterValue": bucket}])
        return program(
            "cloudformation_stack.py",
            stackName="demo",
            templateFile=str(tmp_path / "template.yaml"),
            templateParametersSource="inline",
            templateParameters=parameters,
            warnWhenNoWorkNeeded="true",
            outputVariable="stack",
            **more,
        )

    code, said = deploy("first-bucket", captureStackOutputs="asVariables", captureAsSecuredVars="false")
    assert code == 0, said
    assert "##vso[task.setvariable variable=Made;isOutput=false;issecret=false;]first-bucket" in said
    stack = "isOutput=false;issecret=false;]arn:aws:cloudformation:us-east-1:333333333333:stack"
    assert f"variable=stack;{stack}" in said
    code, said = deploy("first-bucket")
    assert (code, "task.issue type=warning" in said) == (0, True), said
    change_set = {"useChangeSet": "true", "changeSetName": "change", "autoExecuteChangeSet": "true"}
    code, said = deploy(
        "second-bucket", captureStackOutputs="asJSON", captureAsSecuredVars="true", **change_set
    )
    assert code == 0, said
    assert (
        "##vso[task.setvariable variable=demoOutputs;isOutput=false;issecret=true;]"
        '[{"OutputKey":"Made","OutputValue":"second-bucket"}]' in said
    )


def test_a_stack_that_fails_names_the_resource(program, tmp_path):
    (tmp_path / "template.yaml").write_text("Resources:\n  Bad:\n    Type: AWS::Nothing::Here\n")
    code, said = program(
        "cloudformation_stack.py",
        stackName="bad",
        templateFile=str(tmp_path / "template.yaml"),
        onFailure="ROLLBACK",
        templateParametersSource="file",
        templateParametersFile=str(tmp_path),
    )
    assert code == 1
    assert "AWS::Nothing::Here" in said


def test_parameters_that_are_no_list_are_refused(program, tmp_path):
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    code, said = program(
        "cloudformation_stack.py",
        stackName="demo",
        templateFile=str(tmp_path / "template.yaml"),
        templateParametersSource="inline",
        templateParameters="just text",
    )
    assert code == 1
    assert (
        "##vso[task.complete result=Failed;]InvalidParameterType: Expected params.Parameters to be an Array"
        in said
    )


def test_a_command_of_the_cli_runs_as_the_connections_role_and_its_failure_is_the_tasks(program, simulator):
    code, said = program(
        "aws_cli.py", awsCommand="s3api", awsSubCommand="create-bucket", awsArguments='--bucket "made-by-cli"'
    )
    owner = simulator.client("s3", "azure-devops", ROLE).list_buckets()["Buckets"]
    assert code == 0, said
    assert "/aws s3api create-bucket --bucket made-by-cli" in said
    assert [bucket["Name"] for bucket in owner] == ["made-by-cli"]
    code, said = program(
        "aws_cli.py", awsCommand="s3api", awsSubCommand="head-bucket", awsArguments="--bucket no"
    )
    assert code != 0, said
