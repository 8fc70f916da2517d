"""Real clients against the AWS port: who they are, what they may do, what is refused by name."""

from __future__ import annotations

import botocore.exceptions
import httpx
import pytest

from simulator.aws import gateway
from tests.wire import RunningSimulator

STAGING_DEPLOY = "arn:aws:iam::333333333333:role/AzureDevOpsRole"


def code_of(error: pytest.ExceptionInfo[botocore.exceptions.ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def test_a_person_is_who_their_key_says(simulator: RunningSimulator) -> None:
    identity = simulator.client("sts", "ada").get_caller_identity()

    assert identity["Arn"] == "arn:aws:iam::111111111111:user/ada"
    assert identity["Account"] == "111111111111"


def test_a_trusted_user_assumes_the_deploy_role_of_another_account(simulator: RunningSimulator) -> None:
    identity = simulator.client("sts", "azure-devops", role=STAGING_DEPLOY).get_caller_identity()

    assert identity["Arn"] == "arn:aws:sts::333333333333:assumed-role/AzureDevOpsRole/test"


def test_a_user_whom_the_role_does_not_trust_is_denied(simulator: RunningSimulator) -> None:
    with pytest.raises(botocore.exceptions.ClientError) as error:
        simulator.client("sts", "ada").assume_role(RoleArn=STAGING_DEPLOY, RoleSessionName="ada")

    assert code_of(error) == "AccessDenied"
    assert "sts:AssumeRole" in str(error.value)


def test_objects_written_by_one_account_are_not_readable_by_another_without_a_bucket_policy(
    simulator: RunningSimulator,
) -> None:
    grace, ada = simulator.client("s3", "grace"), simulator.client("s3", "ada")
    grace.create_bucket(Bucket="models")
    grace.put_object(Bucket="models", Key="a/b c.txt", Body=b"hello", Metadata={"my_key": "1"})

    assert grace.get_object(Bucket="models", Key="a/b c.txt")["Body"].read() == b"hello"
    with pytest.raises(botocore.exceptions.ClientError) as error:
        ada.get_object(Bucket="models", Key="a/b c.txt")
    assert code_of(error) == "AccessDenied"
    grace.put_bucket_policy(
        Bucket="models",
        Policy='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:root"},'
        '"Action":"s3:GetObject","Resource":"arn:aws:s3:::models/*"}]}',
    )
    assert ada.get_object(Bucket="models", Key="a/b c.txt")["Body"].read() == b"hello"


def test_a_data_scientist_reads_staging_and_cannot_write_there(simulator: RunningSimulator) -> None:
    s3 = simulator.client("s3", "ada", role="arn:aws:iam::333333333333:role/ReadOnly")

    assert s3.list_buckets()["Buckets"] == []
    with pytest.raises(botocore.exceptions.ClientError) as error:
        s3.create_bucket(Bucket="mine")
    assert code_of(error) == "AccessDenied"


def test_the_accounts_of_the_topology_are_in_the_organization(simulator: RunningSimulator) -> None:
    accounts = simulator.client("organizations").list_accounts()["Accounts"]

    assert {a["Name"]: a["Id"] for a in accounts}["staging"] == "333333333333"


def test_an_operation_without_behaviour_is_refused_by_name_and_recorded(simulator: RunningSimulator) -> None:
    with pytest.raises(botocore.exceptions.ClientError) as error:
        simulator.client("sagemaker").create_presigned_domain_url(DomainId="d-1", UserProfileName="ada")

    assert "sagemaker:CreatePresignedDomainUrl is not simulated" in str(error.value)
    assert [f["subject"] for f in simulator.facts() if f["kind"] == "NotSimulated"] == [
        "sagemaker:CreatePresignedDomainUrl"
    ]


def test_an_unknown_access_key_is_refused(simulator: RunningSimulator) -> None:
    import boto3

    client = boto3.client(
        "sts",
        endpoint_url=simulator.aws_url,
        aws_access_key_id="AKIANOBODY",
        aws_secret_access_key="x",
        region_name="us-east-1",
    )
    with pytest.raises(botocore.exceptions.ClientError) as error:
        client.get_caller_identity()
    assert code_of(error) == "InvalidClientTokenId"


def test_topology_roles_are_there_for_iam_clients(simulator: RunningSimulator) -> None:
    role = simulator.client("iam", "grace").get_role(RoleName="SageMakerExecutionRole")["Role"]

    assert role["Arn"] == "arn:aws:iam::222222222222:role/SageMakerExecutionRole"


def test_a_service_that_aws_does_not_have_is_refused_in_awss_form(simulator: RunningSimulator) -> None:
    signed = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/nosuch/aws4_request, SignedHeaders=host, Signature=0"

    answer = httpx.get(simulator.aws_url, headers={"Authorization": signed})

    assert answer.status_code == 501
    assert "the service 'nosuch', which the AWS SDK does not know, is not simulated" in answer.text


def test_a_defect_of_ours_is_an_internal_failure_of_awss_form_and_never_passes_for_a_refusal(
    simulator: RunningSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("Tags")

    monkeypatch.setattr(gateway, "find", fail)
    with pytest.raises(botocore.exceptions.ClientError) as error:
        simulator.client("sagemaker").list_models()

    assert code_of(error) == "InternalFailure"
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert [f["detail"] for f in simulator.facts() if f["kind"] == "RequestFailed"] == [
        {"error": "KeyError('Tags')"}
    ]
