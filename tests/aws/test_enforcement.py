"""Policies that stand at the resource: keys of KMS by their policy, and S3 copies by what they read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import httpx
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.wire import RunningSimulator

OPERATOR = "arn:aws:iam::222222222222:user/operator"
DEV = "arn:aws:iam::111111111111:root"


@pytest.fixture(scope="module")
def simulator() -> Iterator[RunningSimulator]:
    running = RunningSimulator()
    yield running
    running.stop()


def add(kms: Any, key: str, effect: str, principal: str, action: str = "kms:*") -> None:
    """One more statement in the key's policy."""
    policy = json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
    policy["Statement"].append(
        {"Effect": effect, "Principal": {"AWS": principal}, "Action": action, "Resource": "*"}
    )
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(policy))


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_a_key_serves_another_account_once_its_policy_says_so(
    simulator: RunningSimulator, region: str
) -> None:
    grace, ada = (simulator.client("kms", person, region=region) for person in ("grace", "ada"))
    key = grace.create_key()["KeyMetadata"]["Arn"]
    sealed = grace.encrypt(KeyId=key, Plaintext=b"secret")["CiphertextBlob"]

    with pytest.raises(ClientError, match="no resource-based policy allows the kms:Decrypt"):
        ada.decrypt(KeyId=key, CiphertextBlob=sealed)
    add(grace, key, "Allow", DEV)
    assert ada.decrypt(KeyId=key, CiphertextBlob=sealed)["Plaintext"] == b"secret"


def test_a_key_that_denies_is_not_opened_by_the_ciphertext_alone(simulator: RunningSimulator) -> None:
    grace, operator = simulator.client("kms", "grace"), simulator.client("kms", "operator")
    key = grace.create_key()["KeyMetadata"]["Arn"]
    sealed = operator.encrypt(KeyId=key, Plaintext=b"secret")["CiphertextBlob"]
    assert operator.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"secret"

    add(grace, key, "Deny", OPERATOR, "kms:Decrypt")
    with pytest.raises(ClientError, match="explicit deny"):
        operator.decrypt(CiphertextBlob=sealed)


def test_an_alias_is_judged_by_the_policy_of_its_key(simulator: RunningSimulator) -> None:
    grace, operator = simulator.client("kms", "grace"), simulator.client("kms", "operator")
    key = grace.create_key()["KeyMetadata"]["Arn"]
    grace.create_alias(AliasName="alias/artifacts", TargetKeyId=key)
    assert operator.encrypt(KeyId="alias/artifacts", Plaintext=b"x")["KeyId"] == key

    add(grace, key, "Deny", OPERATOR, "kms:Encrypt")
    with pytest.raises(ClientError, match="explicit deny"):
        operator.encrypt(KeyId="alias/artifacts", Plaintext=b"x")


def test_a_key_that_is_not_there_is_said_to_be_missing(simulator: RunningSimulator) -> None:
    kms = simulator.client("kms", "grace")
    with pytest.raises(kms.exceptions.NotFoundException):
        kms.encrypt(KeyId="00000000-0000-0000-0000-000000000000", Plaintext=b"x")


def test_a_copy_needs_the_right_to_read_what_it_copies(simulator: RunningSimulator) -> None:
    grace, ada = simulator.client("s3", "grace"), simulator.client("s3", "ada")
    grace.create_bucket(Bucket="guarded")
    grace.put_object(Bucket="guarded", Key="a b", Body=b"hidden")
    ada.create_bucket(Bucket="own")
    source = {"Bucket": "guarded", "Key": "a b"}
    upload = ada.create_multipart_upload(Bucket="own", Key="parts")["UploadId"]

    with pytest.raises(ClientError, match=r"s3:GetObject on resource: arn:aws:s3:::guarded/a b"):
        ada.copy_object(Bucket="own", Key="taken", CopySource=source)
    with pytest.raises(ClientError, match="s3:GetObject"):
        ada.upload_part_copy(Bucket="own", Key="parts", UploadId=upload, PartNumber=1, CopySource=source)
    assert "Contents" not in ada.list_objects_v2(Bucket="own")
    grace.copy_object(Bucket="guarded", Key="copy", CopySource=source)
    assert grace.get_object(Bucket="guarded", Key="copy")["Body"].read() == b"hidden"


def allowing(action: str, resource: str) -> str:
    """A resource's policy that lets dev do one thing."""
    statement = {"Effect": "Allow", "Principal": {"AWS": DEV}, "Action": action, "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_a_secret_opens_to_another_account_once_its_policy_says_so(simulator: RunningSimulator) -> None:
    grace, ada = simulator.client("secretsmanager", "grace"), simulator.client("secretsmanager", "ada")
    arn = grace.create_secret(Name="token", SecretString="hidden")["ARN"]

    with pytest.raises(ClientError, match="no resource-based policy allows the secretsmanager:GetSecretV"):
        ada.get_secret_value(SecretId=arn)
    policy = allowing("secretsmanager:GetSecretValue", "*")
    grace.put_resource_policy(SecretId=arn, ResourcePolicy=policy)
    assert ada.get_secret_value(SecretId=arn)["SecretString"] == "hidden"
    with pytest.raises(ClientError, match="secretsmanager:PutSecretValue"):
        ada.put_secret_value(SecretId=arn, SecretString="replaced")


def test_a_queue_and_a_topic_open_to_another_account_by_their_policies(simulator: RunningSimulator) -> None:
    grace, ada = simulator.client("sqs", "grace"), simulator.client("sqs", "ada")
    url = grace.create_queue(QueueName="letters")["QueueUrl"]
    queue = grace.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    topic = simulator.client("sns", "grace").create_topic(Name="news")["TopicArn"]

    with pytest.raises(ClientError, match="sqs:SendMessage on resource: arn:aws:sqs:us-east-1:222222222222"):
        ada.send_message(QueueUrl=url, MessageBody="from dev")
    with pytest.raises(ClientError, match="sns:Publish"):
        simulator.client("sns", "ada").publish(TopicArn=topic, Message="from dev")
    grace.set_queue_attributes(QueueUrl=url, Attributes={"Policy": allowing("sqs:SendMessage", queue)})
    simulator.client("sns", "grace").set_topic_attributes(
        TopicArn=topic, AttributeName="Policy", AttributeValue=allowing("sns:Publish", topic)
    )
    ada.send_message(QueueUrl=url, MessageBody="from dev")
    assert simulator.client("sns", "ada").publish(TopicArn=topic, Message="from dev")["MessageId"]
    assert [letter["Body"] for letter in grace.receive_message(QueueUrl=url)["Messages"]] == ["from dev"]
    with pytest.raises(ClientError, match="sqs:ReceiveMessage"):
        ada.receive_message(QueueUrl=url)


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_a_presigned_url_may_what_its_signer_may(simulator: RunningSimulator, version: str) -> None:
    def url(person: str, role: str = "") -> str:
        who = simulator.simulator.topology.person(person)
        keys: dict[str, Any] = {
            "aws_access_key_id": who.access_key_id,
            "aws_secret_access_key": who.secret_access_key,
        }
        if role:
            sts = simulator.client("sts", person)
            made = sts.assume_role(RoleArn=role, RoleSessionName="reader")["Credentials"]
            names = ("AccessKeyId", "SecretAccessKey", "SessionToken")
            keys = dict(zip((*keys, "aws_session_token"), (made[name] for name in names), strict=True))
        session: Any = boto3.Session(**keys, region_name="us-east-1")
        config = Config(signature_version=version)
        signer = session.client("s3", endpoint_url=simulator.aws_url, config=config)
        return str(signer.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "a"}))

    bucket, grace = f"presigned-{version}", simulator.client("s3", "grace")
    grace.create_bucket(Bucket=bucket)
    grace.put_object(Bucket=bucket, Key="a", Body=b"hello")
    role = "arn:aws:iam::222222222222:role/ReadOnly"

    assert ("X-Amz-Credential" in url("grace")) is (version == "s3v4")
    assert httpx.get(url("grace")).content == b"hello"
    assert httpx.get(url("ada", role)).content == b"hello"
    assert httpx.get(url("ada")).status_code == 403
