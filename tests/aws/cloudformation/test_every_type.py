"""Every resource type over the wire: created, tagged, updated in place and deleted, as its own service shows."""

from __future__ import annotations

import json
from pathlib import Path

EVERYTHING = Path(__file__).parent / "data" / "every_type.yaml"

# What stands in the template, and what it is changed to: each is an update in place.
EDITS = {
    "DisplayName: hello": "DisplayName: bye",
    "DelaySeconds: 1": "DelaySeconds: 9",
    "RetentionInDays: 7": "RetentionInDays: 14",
    "policy/AmazonS3FullAccess": "policy/AmazonSQSFullAccess",
    "PolicyName: inline": "PolicyName: other",
    "PolicyName: second": "PolicyName: third",
    "sns:*": "sns:Publish",
    "s3:GetObject": "s3:GetObjectVersion",
    "EnableKeyRotation: true": "EnableKeyRotation: false",
    'Threshold: "1"': 'Threshold: "7"',
    "source: [a]": "source: [b]",
    "Id: queue": "Id: other",
    "Username: u": "Username: v",
    "HttpMethod: POST": "HttpMethod: PUT",
    "RawMessageDelivery: true": "RawMessageDelivery: false",
    "Status: Enabled}": "Status: Suspended}",
    "PasswordLength: 20": "PasswordLength: 24",
    "sagemaker:DescribeModelPackage": "sagemaker:CreateModel",
}


def physical(client, name):
    shown = client.list_stack_resources(StackName=name)["StackResourceSummaries"]
    return {entry["LogicalResourceId"]: entry["PhysicalResourceId"] for entry in shown}


def make(simulator, **options):
    client = simulator.client("cloudformation")
    body = EVERYTHING.read_text()
    client.create_stack(StackName="all", TemplateBody=body, Capabilities=["CAPABILITY_IAM"], **options)
    client.get_waiter("stack_create_complete").wait(StackName="all")
    return client


def change(client, **options):
    client.update_stack(StackName="all", Capabilities=["CAPABILITY_IAM"], **options)
    client.get_waiter("stack_update_complete").wait(StackName="all")


def test_every_resource_type_is_created_and_deleted(simulator):
    client = simulator.client("cloudformation")
    body = EVERYTHING.read_text()
    client.create_stack(
        StackName="all",
        TemplateBody=body,
        Capabilities=["CAPABILITY_IAM"],
        Tags=[{"Key": "team", "Value": "ml"}],
    )
    client.get_waiter("stack_create_complete").wait(StackName="all")
    found = {
        r["LogicalResourceId"]: r
        for r in client.list_stack_resources(StackName="all")["StackResourceSummaries"]
    }
    assert {entry["ResourceStatus"] for entry in found.values()} == {"CREATE_COMPLETE"}
    bucket = found["Bucket"]["PhysicalResourceId"]
    s3 = simulator.client("s3")
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    assert s3.get_bucket_tagging(Bucket=bucket)["TagSet"] == [{"Key": "team", "Value": "ml"}]
    iam = simulator.client("iam")
    role = found["Role"]["PhysicalResourceId"]
    assert len(iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]) == 2
    assert sorted(iam.list_role_policies(RoleName=role)["PolicyNames"]) == ["inline", "second"]
    targets = simulator.client("events").list_targets_by_rule(Rule=found["Rule"]["PhysicalResourceId"])[
        "Targets"
    ]
    assert [target["Id"] for target in targets] == ["queue"]
    arn = client.describe_stacks(StackName="all")["Stacks"][0]["StackId"]
    client.delete_stack(StackName="all")
    client.get_waiter("stack_delete_complete").wait(StackName=arn)
    assert not [r for r in iam.list_roles()["Roles"] if r["RoleName"] == role]
    assert s3.list_buckets()["Buckets"] == []


def test_every_resource_type_is_updated_in_place(simulator):
    client = make(simulator)
    before = physical(client, "all")
    body = EVERYTHING.read_text()
    for old, new in EDITS.items():
        assert old in body
        body = body.replace(old, new)
    change(client, TemplateBody=body)
    found = physical(client, "all")
    assert found == before
    url, topic, role, rule = (found[name] for name in ("Queue", "Topic", "Role", "Rule"))
    queue = simulator.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["DelaySeconds"])
    assert queue["Attributes"] == {"DelaySeconds": "9"}
    sns = simulator.client("sns")
    assert sns.get_topic_attributes(TopicArn=topic)["Attributes"]["DisplayName"] == "bye"
    subscription = sns.get_subscription_attributes(SubscriptionArn=found["Subscription"])["Attributes"]
    assert subscription["RawMessageDelivery"] == "false"
    group = simulator.client("logs").describe_log_groups(logGroupNamePrefix=found["Logs"])["logGroups"][0]
    assert group["retentionInDays"] == 14
    iam = simulator.client("iam")
    assert sorted(iam.list_role_policies(RoleName=role)["PolicyNames"]) == ["other", "third"]
    attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    assert "arn:aws:iam::aws:policy/AmazonSQSFullAccess" in [policy["PolicyArn"] for policy in attached]
    versions = iam.list_policy_versions(PolicyArn=found["Managed"])["Versions"]
    assert [v["VersionId"] for v in versions if v["IsDefaultVersion"]] == ["v2"]
    assert simulator.client("kms").get_key_rotation_status(KeyId=found["Key"])["KeyRotationEnabled"] is False
    events = simulator.client("events")
    assert json.loads(events.describe_rule(Name=rule)["EventPattern"]) == {"source": ["b"]}
    assert [t["Id"] for t in events.list_targets_by_rule(Rule=rule)["Targets"]] == ["other"]
    connection = events.describe_connection(Name=found["Connection"])
    assert connection["AuthParameters"]["BasicAuthParameters"]["Username"] == "v"
    assert events.describe_api_destination(Name=found["Api"])["HttpMethod"] == "PUT"
    (alarm,) = simulator.client("cloudwatch").describe_alarms(AlarmNames=[found["Alarm"]])["MetricAlarms"]
    assert alarm["Threshold"] == 7
    secret = simulator.client("secretsmanager").get_secret_value(SecretId=found["Secret"])["SecretString"]
    assert len(json.loads(secret)["password"]) == 24
    bucket = simulator.client("s3").get_bucket_versioning(Bucket=found["Bucket"])
    assert bucket["Status"] == "Suspended"
    policy = simulator.client("sagemaker").get_model_package_group_policy(ModelPackageGroupName="abalone")
    assert "sagemaker:CreateModel" in policy["ResourcePolicy"]


def test_a_new_stack_tag_reaches_every_type_that_takes_tags(simulator):
    client = make(simulator, Tags=[{"Key": "commit", "Value": "one"}, {"Key": "team", "Value": "ml"}])
    change(client, UsePreviousTemplate=True, Tags=[{"Key": "commit", "Value": "two"}])
    found = physical(client, "all")
    assert simulator.client("sqs").list_queue_tags(QueueUrl=found["Queue"])["Tags"] == {"commit": "two"}
    wanted = [{"Key": "commit", "Value": "two"}]
    assert simulator.client("sns").list_tags_for_resource(ResourceArn=found["Topic"])["Tags"] == wanted
    assert simulator.client("iam").list_role_tags(RoleName=found["Role"])["Tags"] == wanted
    assert simulator.client("s3").get_bucket_tagging(Bucket=found["Bucket"])["TagSet"] == wanted
    assert simulator.client("sagemaker").list_tags(ResourceArn=found["Group"])["Tags"] == wanted
    arn = f"arn:aws:events:us-east-1:222222222222:rule/{found['Rule']}"
    assert simulator.client("events").list_tags_for_resource(ResourceARN=arn)["Tags"] == wanted
    keys = simulator.client("kms").list_resource_tags(KeyId=found["Key"])["Tags"]
    assert keys == [{"TagKey": "commit", "TagValue": "two"}]
    parameter = {"ResourceType": "Parameter", "ResourceId": found["Parameter"]}
    assert simulator.client("ssm").list_tags_for_resource(**parameter)["TagList"] == wanted
