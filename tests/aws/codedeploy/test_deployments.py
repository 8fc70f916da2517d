"""CodeDeploy says of a deployment what became of it: with no instance of its group it fails as AWS has it fail."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, WaiterError

from tests.wire import RunningSimulator

REVISION = {"revisionType": "S3", "s3Location": {"bucket": "b", "key": "app.zip", "bundleType": "zip"}}
GROUP = {"applicationName": "shop", "deploymentGroupName": "fleet"}


def _role(simulator: RunningSimulator, name: str, service: str) -> str:
    principal = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [principal]})
    made = simulator.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    arn: str = made["Role"]["Arn"]
    return arn


@pytest.fixture(scope="module")
def simulator() -> Iterator[RunningSimulator]:
    running = RunningSimulator()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def deploy(simulator: RunningSimulator) -> Any:
    client = simulator.client("codedeploy")
    client.create_application(applicationName="shop")
    filters = [{"Key": "Name", "Value": "web", "Type": "KEY_AND_VALUE"}]
    role = _role(simulator, "deploys", "codedeploy.amazonaws.com")
    client.create_deployment_group(**GROUP, serviceRoleArn=role, ec2TagFilters=filters)
    return client


def _refused(work: Any, **params: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as refusal:
        work(**params)
    error = refusal.value.response["Error"]
    return error["Code"], error["Message"]


def test_a_deployment_to_a_group_without_instances_fails_as_in_aws(simulator, deploy):
    identifier = deploy.create_deployment(**GROUP, revision=REVISION, description="now")["deploymentId"]
    with pytest.raises(WaiterError, match="matched expected path"):
        deploy.get_waiter("deployment_successful").wait(deploymentId=identifier, WaiterConfig={"Delay": 0})
    found = deploy.get_deployment(deploymentId=identifier)["deploymentInfo"]
    assert (found["status"], found["errorInformation"]["code"]) == ("Failed", "NO_INSTANCES")
    assert found["errorInformation"]["message"].startswith(
        "The deployment failed because no instances were found for your deployment group."
    )
    assert found["deploymentConfigName"] == "CodeDeployDefault.OneAtATime"
    assert deploy.list_deployments(**GROUP, includeOnlyStatuses=["Failed"])["deployments"] == [identifier]
    group = deploy.get_deployment_group(**GROUP)["deploymentGroupInfo"]
    assert group["lastAttemptedDeployment"]["deploymentId"] == identifier
    code, _ = _refused(deploy.stop_deployment, deploymentId=identifier)
    assert code == "DeploymentAlreadyCompletedException"
    fact = simulator.until(lambda fact: fact["kind"] == "DeploymentFailed")
    assert fact["detail"]["event"]["detail"]["state"] == "FAILURE"
    assert fact["detail"]["event"]["detail"]["deploymentId"] == identifier


@pytest.mark.parametrize(
    ("operation", "params", "code", "text"),
    [
        ("get_application", {"applicationName": "none"}, "ApplicationDoesNotExistException",
         "No application found for name: none"),
        ("create_application", {"applicationName": "shop"}, "ApplicationAlreadyExistsException",
         "Application already exists"),
        ("create_deployment", {**GROUP, "deploymentGroupName": "none", "revision": REVISION},
         "DeploymentGroupDoesNotExistException", "No Deployment Group found for name: none"),
        ("create_deployment", GROUP, "RevisionRequiredException", "The revision ID was not specified."),
        ("create_deployment", {**GROUP, "revision": REVISION, "deploymentConfigName": "Mine"},
         "DeploymentConfigDoesNotExistException", "No Deployment Configuration found for name: Mine"),
        ("get_deployment", {"deploymentId": "d-NONE"}, "DeploymentDoesNotExistException",
         "The deployment d-NONE could not be found"),
        ("register_on_premises_instance", {"instanceName": "mine"}, "NotSimulated",
         "codedeploy:RegisterOnPremisesInstance"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_said_in_the_services_words(deploy, operation, params, code, text):
    found = _refused(getattr(deploy, operation), **params)
    assert found[0] == code
    assert text in found[1]


def test_a_role_must_let_codedeploy_in(simulator, deploy):
    arn = _role(simulator, "others", "lambda.amazonaws.com")
    name = {"applicationName": "shop", "deploymentGroupName": "refused"}
    told = _refused(deploy.create_deployment_group, **name, serviceRoleArn=arn)
    text = f"AWS CodeDeploy does not have the permissions required to assume the role {arn}."
    assert told == ("InvalidRoleException", text)


def test_groups_are_changed_listed_and_deleted_with_their_application(simulator, deploy):
    deploy.create_application(applicationName="old", tags=[{"Key": "a", "Value": "b"}])
    role = _role(simulator, "more", "codedeploy.amazonaws.com")
    deploy.create_deployment_group(applicationName="old", deploymentGroupName="g", serviceRoleArn=role)
    deploy.update_deployment_group(
        applicationName="old", currentDeploymentGroupName="g", newDeploymentGroupName="h",
        deploymentConfigName="CodeDeployDefault.AllAtOnce",
    )  # fmt: skip
    assert deploy.list_deployment_groups(applicationName="old")["deploymentGroups"] == ["h"]
    arn = "arn:aws:codedeploy:us-east-1:222222222222:application:old"
    deploy.tag_resource(ResourceArn=arn, Tags=[{"Key": "c", "Value": "d"}])
    deploy.untag_resource(ResourceArn=arn, TagKeys=["a"])
    assert deploy.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "c", "Value": "d"}]
    deploy.delete_application(applicationName="old")
    assert deploy.list_applications()["applications"] == ["shop"]
    deploy.create_application(applicationName="old")
    assert deploy.list_deployment_groups(applicationName="old")["deploymentGroups"] == []
