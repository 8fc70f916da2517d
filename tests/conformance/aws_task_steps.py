"""Steps of the AWS toolkit's tasks, read from aws_task_steps.yaml, and the account that they find."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from simulator.runtime.engine_scripted import Script
from tests.aws.lambda_.functions import ended
from tests.azure_devops.tasks.programs import TaskWorld

ROLE = "arn:aws:iam::333333333333:role/AzureDevOpsRole"
Step = str | tuple[str, Mapping[str, object]]


@dataclass(frozen=True)
class Scenario:
    """Scripts and tasks one after another; a failure does not stop those that follow."""

    name: str
    steps: tuple[Step, ...]
    files: Mapping[str, str]


def scenarios() -> list[Scenario]:
    """All of the table."""
    table = yaml.safe_load(Path(__file__).with_name("aws_task_steps.yaml").read_text(encoding="utf-8"))
    return [_scenario(row, table["files"]) for row in table["scenarios"]]


def _scenario(row: Mapping[str, Any], files: Mapping[str, str]) -> Scenario:
    steps = tuple(step if isinstance(step, str) else next(iter(step.items())) for step in row["steps"])
    return Scenario(row["name"], steps, {name: files[name] for name in row.get("files", ())})


def prepare(world: TaskWorld) -> None:
    """What the steps find in the account: roles, a function's package, topics and queues."""
    iam = world.simulator.client("iam", "azure-devops", role=ROLE)
    for name, service in (("ForFunctions", "lambda"), ("Deploys", "codedeploy")):
        principal = {"Service": f"{service}.amazonaws.com"}
        statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
        trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("app.py", "def handler(event, context):\n    return event\n")
    world.push({"code.zip": code.getvalue()})
    answer = Script(answer=lambda request: ended({"got": json.loads(request.body)}, lines=["said"]))
    world.engine.script("lambda_python", answer)
    world.simulator.client("sns", "azure-devops", role=ROLE).create_topic(Name="news")
    world.simulator.client("sqs", "azure-devops", role=ROLE).create_queue(QueueName="mail")
    deploy = world.simulator.client("codedeploy", "azure-devops", role=ROLE)
    deploy.create_application(applicationName="web")
    group = {"applicationName": "web", "deploymentGroupName": "fleet"}
    deploy.create_deployment_group(**group, serviceRoleArn="arn:aws:iam::333333333333:role/Deploys")
    beanstalk = world.simulator.client("elasticbeanstalk", "azure-devops", role=ROLE)
    beanstalk.create_application(ApplicationName="shop")
    docker = (
        '[ "$1" = login ] && { echo "Login Succeeded"; exit; }; echo "docker $*"; [ "$2" != wrong:latest ]'
    )
    world.tool("docker", docker)
    world.tool("dotnet", 'echo "dotnet $*"; [ "$1" != tool ]')
