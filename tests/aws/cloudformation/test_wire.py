"""CloudFormation over the wire, with boto3, its waiters and `aws cloudformation deploy` as they are."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError

FIXTURES = Path(__file__).parents[3] / "fixtures" / "repos"
EVERYTHING = Path(__file__).parent / "data" / "every_type.yaml"

QUEUES = """
Parameters: {Delay: {Type: Number, Default: 1}, Name: {Type: String, Default: first}}
Resources:
  Queue: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: !Ref Delay, QueueName: !Sub "${AWS::StackName}-${Name}"}}
  Parameter: {Type: AWS::SSM::Parameter, Properties: {Name: /queue/url, Type: String, Value: !Ref Queue}}
Outputs:
  Url: {Value: !Ref Queue}
"""


def parameters(**values):
    return [{"ParameterKey": name, "ParameterValue": str(value)} for name, value in values.items()]


def outputs(client, name):
    (stack,) = client.describe_stacks(StackName=name)["Stacks"]
    return {entry["OutputKey"]: entry["OutputValue"] for entry in stack["Outputs"]}


def deploy(simulator, account_role, *arguments, cwd):
    """`aws cloudformation deploy` as a person with the role, in an environment of its own."""
    made = simulator.client("sts", "azure-devops").assume_role(RoleArn=account_role, RoleSessionName="deploy")
    keys = made["Credentials"]
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(cwd),
        "AWS_ENDPOINT_URL": simulator.aws_url,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["SessionToken"],
    }
    command = [str(Path(sys.executable).parent / "aws"), "cloudformation", "deploy", *arguments]
    while True:  # the CLI names a change set by the second: two in one second have one name, on AWS too
        done = subprocess.run(
            command, env=environment, cwd=cwd, capture_output=True, text=True, timeout=120, check=False
        )
        if "already exists" not in done.stderr:
            return done


STAGING_ROLE = "arn:aws:iam::333333333333:role/AzureDevOpsRole"


def test_an_update_changes_in_place_and_a_new_name_replaces_and_reaches_who_refers_to_it(simulator):
    client, sqs = simulator.client("cloudformation"), simulator.client("sqs")
    client.create_stack(StackName="queues", TemplateBody=QUEUES)
    client.get_waiter("stack_create_complete").wait(StackName="queues")
    first = outputs(client, "queues")["Url"]
    client.update_stack(StackName="queues", UsePreviousTemplate=True, Parameters=parameters(Delay=5))
    client.get_waiter("stack_update_complete").wait(StackName="queues")
    assert outputs(client, "queues")["Url"] == first
    assert (
        sqs.get_queue_attributes(QueueUrl=first, AttributeNames=["DelaySeconds"])["Attributes"][
            "DelaySeconds"
        ]
        == "5"
    )
    client.update_stack(
        StackName="queues",
        UsePreviousTemplate=True,
        Parameters=[*parameters(Name="second"), {"ParameterKey": "Delay", "UsePreviousValue": True}],
    )
    client.get_waiter("stack_update_complete").wait(StackName="queues")
    second = outputs(client, "queues")["Url"]
    assert second.endswith("queues-second")
    assert simulator.client("ssm").get_parameter(Name="/queue/url")["Parameter"]["Value"] == second
    (left,) = sqs.list_queues()["QueueUrls"]
    assert left.endswith("/queues-second")


def test_aws_cloudformation_deploy_creates_updates_and_finds_nothing_to_do(simulator, tmp_path):
    template = tmp_path / "template.yaml"
    template.write_text(QUEUES)
    arguments = ["--template-file", str(template), "--stack-name", "queues", "--tags", "commit=abc"]
    made = deploy(simulator, STAGING_ROLE, *arguments, cwd=tmp_path)
    assert (made.returncode, made.stderr) == (0, "")
    assert "Successfully created/updated stack - queues" in made.stdout
    changed = deploy(simulator, STAGING_ROLE, *arguments, "--parameter-overrides", "Delay=7", cwd=tmp_path)
    assert changed.returncode == 0
    same = deploy(simulator, STAGING_ROLE, *arguments, "--no-fail-on-empty-changeset", cwd=tmp_path)
    assert same.returncode == 0
    assert "No changes to deploy. Stack queues is up to date" in same.stdout
    simulator.client("s3", "azure-devops", STAGING_ROLE).create_bucket(Bucket="uploads")
    template.write_text(QUEUES.replace("/queue/url", "/queue/other"))
    uploaded = deploy(simulator, STAGING_ROLE, *arguments, "--s3-bucket", "uploads", cwd=tmp_path)
    assert (uploaded.returncode, uploaded.stderr.count("Error")) == (0, 0)
    refused = deploy(simulator, STAGING_ROLE, *arguments, "--fail-on-empty-changeset", cwd=tmp_path)
    assert refused.returncode != 0
    assert "No changes to deploy" in refused.stderr


def test_a_change_set_says_what_would_be_replaced(simulator):
    client = simulator.client("cloudformation")
    client.create_stack(StackName="queues", TemplateBody=QUEUES)
    client.get_waiter("stack_create_complete").wait(StackName="queues")
    client.create_change_set(
        StackName="queues",
        ChangeSetName="rename",
        UsePreviousTemplate=True,
        Parameters=parameters(Name="other"),
    )
    client.get_waiter("change_set_create_complete").wait(StackName="queues", ChangeSetName="rename")
    found = client.describe_change_set(StackName="queues", ChangeSetName="rename")
    shown = [change["ResourceChange"] for change in found["Changes"]]
    assert [(c["LogicalResourceId"], c["Action"], c["Replacement"]) for c in shown] == [
        ("Queue", "Modify", "True"),
        ("Parameter", "Modify", "False"),
    ]
    assert shown[0]["Details"][0]["CausingEntity"] == "Name"
    client.delete_change_set(StackName="queues", ChangeSetName="rename")
    with pytest.raises(client.exceptions.ChangeSetNotFoundException):
        client.describe_change_set(StackName="queues", ChangeSetName="rename")


def test_a_stack_whose_change_set_was_only_just_executed_has_no_resources_yet(simulator):
    """CloudFormation begins a moment later; the AWS toolkit's task tells a new stack by this."""
    client, template = simulator.client("cloudformation"), "Resources: {Topic: {Type: AWS::SNS::Topic}}"
    for stack, look_first in (("just-now", False), ("looked-at", True)):
        names = {"StackName": stack, "ChangeSetName": "make"}
        client.create_change_set(**names, ChangeSetType="CREATE", TemplateBody=template)
        client.get_waiter("change_set_create_complete").wait(**names)
        client.execute_change_set(**names)
        if look_first:
            client.get_waiter("stack_create_complete").wait(StackName=stack)
        found = client.describe_stack_resources(StackName=stack)["StackResources"]
        assert bool(found) is look_first
        client.get_waiter("stack_create_complete").wait(StackName=stack)
        assert len(client.describe_stack_resources(StackName=stack)["StackResources"]) == 1


def test_rights_in_iam_need_the_capability(simulator):
    client = simulator.client("cloudformation")
    with pytest.raises(client.exceptions.InsufficientCapabilitiesException) as caught:
        client.create_stack(StackName="all", TemplateBody=EVERYTHING.read_text())
    assert caught.value.response["Error"]["Message"] == "Requires capabilities : [CAPABILITY_IAM]"


def limited(simulator):
    """CloudFormation as a user who may use nothing else, and pass roles to it."""
    simulator.client("iam").create_user(UserName="limited")
    statement = {"Effect": "Allow", "Action": ["cloudformation:*", "iam:PassRole"], "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    simulator.client("iam").put_user_policy(UserName="limited", PolicyName="only", PolicyDocument=policy)
    key = simulator.client("iam").create_access_key(UserName="limited")["AccessKey"]
    session = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name="us-east-1")
    return session.client("cloudformation", endpoint_url=simulator.aws_url)


def test_a_stack_is_named_by_letters_digits_and_hyphens(simulator):
    pattern = r"Value 'my_stack' at 'stackName' failed .* pattern: \[a-zA-Z\]\[-a-zA-Z0-9\]\*"
    with pytest.raises(ClientError, match=pattern):
        simulator.client("cloudformation").create_stack(StackName="my_stack", TemplateBody="Resources: {}")


def test_a_caller_without_rights_sees_the_resource_refused(simulator):
    client = limited(simulator)
    client.create_stack(StackName="queues", TemplateBody=QUEUES)
    (stack,) = client.describe_stacks(StackName="queues")["Stacks"]
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    events = client.describe_stack_events(StackName="queues")["StackEvents"]
    failed = [e["ResourceStatusReason"] for e in events if e["ResourceStatus"] == "CREATE_FAILED"]
    assert any("is not authorized to perform: sqs:CreateQueue" in reason for reason in failed)


def test_a_role_that_trusts_cloudformation_acts_for_a_caller_without_rights(simulator):
    client, iam = limited(simulator), simulator.client("iam")
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudformation.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    role = iam.create_role(RoleName="deployer", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    iam.attach_role_policy(RoleName="deployer", PolicyArn="arn:aws:iam::aws:policy/AmazonSQSFullAccess")
    client.create_stack(StackName="queues", TemplateBody=QUEUES, RoleARN=role)
    (stack,) = client.describe_stacks(StackName="queues")["Stacks"]
    assert (stack["StackStatus"], stack["RoleARN"]) == ("ROLLBACK_COMPLETE", role)
    events = client.describe_stack_events(StackName="queues")["StackEvents"]
    (reason,) = [e["ResourceStatusReason"] for e in events if e["ResourceStatus"] == "CREATE_FAILED"]
    assert "assumed-role/deployer/AWSCloudFormation is not authorized to perform: ssm:PutParameter" in reason
    iam.attach_role_policy(RoleName="deployer", PolicyArn="arn:aws:iam::aws:policy/AmazonSSMFullAccess")
    client.create_stack(StackName="more", TemplateBody=QUEUES, RoleARN=role)
    assert client.describe_stacks(StackName="more")["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"


def test_templates_come_from_s3_and_are_given_back(simulator):
    client, s3 = simulator.client("cloudformation"), simulator.client("s3")
    s3.create_bucket(Bucket="templates")
    s3.put_object(Bucket="templates", Key="a/queues.yaml", Body=QUEUES)
    url = "https://templates.s3.us-east-1.amazonaws.com/a/queues.yaml"
    assert client.validate_template(TemplateURL=url)["Parameters"][0]["ParameterKey"] == "Delay"
    summary = client.get_template_summary(TemplateURL=f"{simulator.aws_url}/templates/a/queues.yaml")
    assert summary["ResourceTypes"] == ["AWS::SQS::Queue", "AWS::SSM::Parameter"]
    client.create_stack(StackName="queues", TemplateURL=url)
    assert client.get_template(StackName="queues")["TemplateBody"] == QUEUES
    with pytest.raises(ClientError, match="S3 error: The specified key does not exist"):
        client.create_stack(StackName="x", TemplateURL=f"{simulator.aws_url}/templates/none.yaml")


def test_secrets_of_parameters_are_shown_nowhere(simulator):
    client = simulator.client("cloudformation")
    body = """
Parameters: {Password: {Type: String, NoEcho: true}}
Resources:
  Secret: {Type: AWS::SecretsManager::Secret, Properties: {Name: s, SecretString: !Sub "{\\"p\\": \\"${Password}\\"}"}}
"""
    client.create_stack(
        StackName="secret", TemplateBody=body, Parameters=parameters(Password="hunter2-hunter2")
    )
    (stack,) = client.describe_stacks(StackName="secret")["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert stack["Parameters"][0]["ParameterValue"] == "****"
    seen = str(client.describe_stack_events(StackName="secret")) + str(simulator.facts())
    assert "hunter2" not in seen
    value = simulator.client("secretsmanager").get_secret_value(SecretId="s")["SecretString"]
    assert value == '{"p": "hunter2-hunter2"}'


def test_a_secret_that_a_service_refuses_is_not_in_the_reason(simulator):
    client = simulator.client("cloudformation")
    simulator.client("secretsmanager").create_secret(Name="pat", SecretString="a:colon-is-not-allowed")
    body = """
Resources:
  Connection:
    Type: AWS::Events::Connection
    Properties:
      AuthorizationType: BASIC
      AuthParameters: {BasicAuthParameters: {Username: u, Password: "{{resolve:secretsmanager:pat:SecretString}}"}}
"""
    client.create_stack(StackName="secret", TemplateBody=body)
    (stack,) = client.describe_stacks(StackName="secret")["Stacks"]
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    events = client.describe_stack_events(StackName="secret")["StackEvents"]
    (reason,) = [e["ResourceStatusReason"] for e in events if e["ResourceStatus"] == "CREATE_FAILED"]
    assert "basicAuthParameters.password" in reason
    assert "a:colon" not in str(events) + str(simulator.facts())


def test_the_infrastructure_repository_deploys(simulator):
    client = simulator.client("cloudformation")
    folder = FIXTURES / "infrastructure" / "templates"
    accounts = simulator.simulator.topology.accounts
    client.create_stack(
        StackName="automation",
        TemplateBody=(folder / "automation.yaml").read_text(),
        Parameters=parameters(
            ArtifactBucketName="artifacts-bucket",
            StagingAccount=accounts["staging"],
            ProductionAccount=accounts["production"],
            DevelopmentAccount=accounts["dev"],
        ),
    )
    client.get_waiter("stack_create_complete").wait(StackName="automation")
    simulator.client("secretsmanager").create_secret(Name="pat", SecretString="token-of-eventbridge")
    client.create_stack(
        StackName="approval",
        TemplateBody=(folder / "approval_rule.yaml").read_text(),
        Parameters=parameters(
            Organization="acme",
            Project="ml",
            PipelineId=2,
            PersonalAccessTokenSecret="pat",
            EventsRoleArn=f"arn:aws:iam::{accounts['automation']}:role/EventBridgeRole",
        ),
    )
    client.get_waiter("stack_create_complete").wait(StackName="approval")
    rule = outputs(client, "approval")["RuleName"]
    (target,) = simulator.client("events").list_targets_by_rule(Rule=rule)["Targets"]
    assert target["RetryPolicy"] == {"MaximumRetryAttempts": 5, "MaximumEventAgeInSeconds": 3600}
    assert "token-of-eventbridge" not in str(simulator.facts())
