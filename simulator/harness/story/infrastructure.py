"""Before the first commit: the secret, the stacks of the accounts and the raw data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from botocore.exceptions import WaiterError

from simulator.harness.drivers.aws import Aws
from simulator.harness.world import PROJECT, World

DATA_KEY = "abalone/abalone-dataset.csv"
TEMPLATES = Path("repos/infrastructure/templates")
SECRET = "azure-devops-pat"


class StackFailed(AssertionError):
    """A stack was rolled back; the message holds the reasons of its failed resources."""


def artifact_bucket(world: World) -> str:
    """The automation account's bucket."""
    return f"acme-ml-artifacts-{world.accounts['automation']}"


def workload_bucket(world: World, account: str) -> str:
    """The bucket of staging or production."""
    return f"acme-ml-workload-{world.accounts[account]}"


def deploy(aws: Aws, stack: str, template: Path, parameters: dict[str, str]) -> dict[str, Any]:
    """Create a stack and wait for its end; raises StackFailed with the reasons."""
    cloudformation = aws.client("cloudformation")
    cloudformation.create_stack(
        StackName=stack,
        TemplateBody=template.read_text(),
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()],
    )
    try:
        cloudformation.get_waiter("stack_create_complete").wait(
            StackName=stack, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
        )
    except WaiterError as error:
        events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
        reasons = [
            f"{e['LogicalResourceId']}: {e.get('ResourceStatusReason')}"
            for e in events
            if "FAILED" in e["ResourceStatus"]
        ]
        raise StackFailed(f"stack {stack} failed: {'; '.join(reasons)}") from error
    found: dict[str, Any] = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    return found


def deploy_accounts(world: World) -> list[str]:
    """The stacks of automation, staging and production; gives their names."""
    accounts, folder = world.accounts, world.fixtures / TEMPLATES
    deploy(
        world.aws(account="automation"),
        "ml-automation",
        folder / "automation.yaml",
        {
            "ArtifactBucketName": artifact_bucket(world),
            "DevelopmentAccount": accounts["dev"],
            "StagingAccount": accounts["staging"],
            "ProductionAccount": accounts["production"],
        },
    )
    for account in ("staging", "production"):
        parameters = {
            "WorkloadBucketName": workload_bucket(world, account),
            "AutomationAccount": accounts["automation"],
        }
        deploy(world.aws(account=account), "ml-workload", folder / "workload.yaml", parameters)
    return ["ml-automation", "ml-workload (staging)", "ml-workload (production)"]


def deploy_approval_rule(world: World, group: str = "abalone", token: str | None = None) -> dict[str, str]:
    """The rule from a group's approvals to Azure DevOps, with `eventbridge`'s token or another; gives the outputs."""
    aws = world.aws(account="automation")
    secret = f"{SECRET}-{group}"
    aws.client("secretsmanager").create_secret(
        Name=secret, SecretString=token or world.people["eventbridge"]["personal_access_token"]
    )
    pipeline = world.azure_devops("grace").pipeline("model-deploy")["id"]
    stack = deploy(
        aws,
        f"ml-approval-{group}",
        world.fixtures / TEMPLATES / "approval_rule.yaml",
        {
            "Organization": world.organization_url.rstrip("/").rsplit("/", 1)[1],
            "Project": PROJECT,
            "PipelineId": str(pipeline),
            "ModelPackageGroupName": group,
            "PersonalAccessTokenSecret": secret,
            "EventsRoleArn": f"arn:aws:iam::{world.accounts['automation']}:role/EventBridgeRole",
        },
    )
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def upload_data(world: World) -> int:
    """The full Abalone data to the automation account; gives the number of rows."""
    data = (world.fixtures / "data" / "abalone" / "abalone-dataset.csv").read_bytes()
    world.aws(account="automation").client("s3").put_object(
        Bucket=artifact_bucket(world), Key=DATA_KEY, Body=data
    )
    return len(data.splitlines())
