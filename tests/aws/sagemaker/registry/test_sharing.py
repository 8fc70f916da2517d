"""A package of one account in another: group, bucket and key must all allow it, and the refusal names who does not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from simulator.runtime.engine_scripted import Request, Script, ScriptedEngine
from simulator.runtime.work import Answer
from tests.aws.sagemaker.fake_cloud import XGBOOST
from tests.aws.sagemaker.test_endpoints import archive
from tests.wire import RunningSimulator

OWNER, OTHER = "222222222222", "444444444444"
DEPLOYER = f"arn:aws:iam::{OTHER}:role/AzureDevOpsRole"
SERVING = f"arn:aws:iam::{OTHER}:role/SageMakerExecutionRole"


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def let_in(actions: list[str], resource: str, account: str = OTHER) -> dict[str, Any]:
    who = {"AWS": f"arn:aws:iam::{account}:root"}
    return {"Effect": "Allow", "Principal": who, "Action": actions, "Resource": resource}


class Sharing:
    """An encrypted model of the owner, registered, and the three policies by which the other account may use it."""

    def __init__(self, running: RunningSimulator) -> None:
        self.running = running
        self.s3, self.kms = running.client("s3"), running.client("kms")
        self.registry = running.client("sagemaker")
        self.key = self.kms.create_key()["KeyMetadata"]["Arn"]
        self.s3.create_bucket(Bucket="shared")
        self.s3.put_object(
            Bucket="shared", Key="model.tar.gz", Body=archive("xgboost-model", b"trees"),
            ServerSideEncryption="aws:kms", SSEKMSKeyId=self.key,
        )  # fmt: skip
        self.registry.create_model_package_group(ModelPackageGroupName="abalone")
        containers = [{"Image": XGBOOST, "ModelDataUrl": "s3://shared/model.tar.gz"}]
        self.package = self.registry.create_model_package(
            ModelPackageGroupName="abalone", InferenceSpecification={"Containers": containers}
        )["ModelPackageArn"]
        admin = self.other("iam")
        may = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": self.key}
        admin.put_role_policy(
            RoleName="SageMakerExecutionRole", PolicyName="decrypt", PolicyDocument=document(may)
        )

    def other(self, service: str) -> Any:
        """A client of the other account."""
        return self.running.client(service, person="azure-devops", role=DEPLOYER)

    def group_allows(self, *actions: str) -> None:
        policy = document(
            let_in(list(actions), f"arn:aws:sagemaker:us-east-1:{OWNER}:model-package/abalone/*")
        )
        self.registry.put_model_package_group_policy(ModelPackageGroupName="abalone", ResourcePolicy=policy)

    def bucket_allows(self) -> None:
        self.s3.put_bucket_policy(
            Bucket="shared", Policy=document(let_in(["s3:GetObject"], "arn:aws:s3:::shared/*"))
        )

    def key_allows(self) -> None:
        policy = document(let_in(["kms:*"], "*", OWNER), let_in(["kms:Decrypt"], "*"))
        self.kms.put_key_policy(KeyId=self.key, PolicyName="default", Policy=policy)

    def deploys(self) -> Any:
        """The other account makes a model of the package."""
        return self.other("sagemaker").create_model(
            ModelName="m", ExecutionRoleArn=SERVING, PrimaryContainer={"ModelPackageName": self.package}
        )

    def refusal(self) -> str:
        with pytest.raises(ClientError) as error:
            self.deploys()
        return f"{error.value.response['Error']['Code']}: {error.value.response['Error']['Message']}"


BOTH = ("sagemaker:DescribeModelPackage", "sagemaker:CreateModel")


@pytest.fixture
def sharing() -> Iterator[Sharing]:
    engine = ScriptedEngine()
    engine.script("xgboost", Script(answer=_answer))
    running = RunningSimulator(engine=engine)
    yield Sharing(running)
    running.stop()


def _answer(request: Request) -> Answer:
    return Answer(200, {"content-type": "text/csv"}, b"9.5")


def test_another_account_deploys_where_group_bucket_and_key_allow_it(sharing):
    sharing.group_allows(*BOTH)
    sharing.bucket_allows()
    sharing.key_allows()
    sharing.deploys()
    sagemaker = sharing.other("sagemaker")
    variant = {"VariantName": "v", "ModelName": "m", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    sagemaker.create_endpoint_config(EndpointConfigName="c", ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName="e", EndpointConfigName="c")
    sagemaker.get_waiter("endpoint_in_service").wait(EndpointName="e")
    answer = sharing.other("sagemaker-runtime").invoke_endpoint(EndpointName="e", Body="1")
    assert answer["Body"].read() == b"9.5"


def test_without_the_groups_policy_the_refusal_names_the_package(sharing):
    sharing.bucket_allows()
    sharing.key_allows()
    text = sharing.refusal()
    assert text.startswith("AccessDeniedException")
    assert f"on resource: {sharing.package}" in text
    assert "no resource-based policy allows the sagemaker:CreateModel action" in text
    sharing.group_allows("sagemaker:CreateModel")
    assert "sagemaker:DescribeModelPackage" in sharing.refusal()
    sharing.group_allows("sagemaker:DescribeModelPackage")
    assert "sagemaker:CreateModel" in sharing.refusal()


def test_without_the_buckets_policy_the_refusal_names_the_object(sharing):
    sharing.group_allows(*BOTH)
    sharing.key_allows()
    text = sharing.refusal()
    assert "Could not access model data at s3://shared/model.tar.gz" in text
    assert "s3:GetObject on resource: arn:aws:s3:::shared/model.tar.gz" in text
    assert "kms" not in text


def test_without_the_keys_policy_the_refusal_names_the_key(sharing):
    sharing.group_allows(*BOTH)
    sharing.bucket_allows()
    text = sharing.refusal()
    assert "Could not access model data at s3://shared/model.tar.gz" in text
    assert f"kms:Decrypt on resource: {sharing.key}" in text


def test_a_key_taken_back_fails_the_endpoint(sharing):
    sharing.group_allows(*BOTH)
    sharing.bucket_allows()
    sharing.key_allows()
    sharing.deploys()
    owner_only = document(let_in(["kms:*"], "*", OWNER))
    sharing.kms.put_key_policy(KeyId=sharing.key, PolicyName="default", Policy=owner_only)
    sagemaker = sharing.other("sagemaker")
    variant = {"VariantName": "v", "ModelName": "m", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    sagemaker.create_endpoint_config(EndpointConfigName="c", ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName="e", EndpointConfigName="c")
    sharing.running.rest()
    assert sagemaker.describe_endpoint(EndpointName="e")["EndpointStatus"] == "Failed"


def test_a_group_is_shared_with_whom_its_policy_lets_describe_it(sharing):
    arn = f"arn:aws:sagemaker:us-east-1:{OWNER}:model-package-group/abalone"
    versions = f"arn:aws:sagemaker:us-east-1:{OWNER}:model-package/abalone/*"
    shared = {"CrossAccountFilterOption": "CrossAccount"}
    other = sharing.other("sagemaker")
    sharing.group_allows("sagemaker:DescribeModelPackage")
    assert other.list_model_package_groups(**shared)["ModelPackageGroupSummaryList"] == []
    policy = document(
        let_in(["sagemaker:DescribeModelPackageGroup", "sagemaker:ListModelPackages"], arn),
        let_in(["sagemaker:DescribeModelPackage"], versions),
    )
    sharing.registry.put_model_package_group_policy(ModelPackageGroupName="abalone", ResourcePolicy=policy)
    found = other.list_model_package_groups(**shared)["ModelPackageGroupSummaryList"]
    assert [each["ModelPackageGroupArn"] for each in found] == [arn]
    listed = other.list_model_packages(ModelPackageGroupName=arn)["ModelPackageSummaryList"]
    assert [each["ModelPackageArn"] for each in listed] == [sharing.package]


def test_who_writes_into_an_encrypted_bucket_must_be_allowed_the_key(sharing):
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": sharing.key}}
    sharing.s3.put_bucket_encryption(Bucket="shared", ServerSideEncryptionConfiguration={"Rules": [rule]})
    statement = let_in(["s3:PutObject", "s3:GetObject"], "arn:aws:s3:::shared/*")
    sharing.s3.put_bucket_policy(Bucket="shared", Policy=document(statement))
    other = sharing.other("s3")
    with pytest.raises(ClientError, match="kms:GenerateDataKey"):
        other.put_object(Bucket="shared", Key="x", Body=b"x")
    with pytest.raises(ClientError, match="kms:Decrypt"):
        other.get_object(Bucket="shared", Key="model.tar.gz")
    source = {"Bucket": "shared", "Key": "model.tar.gz"}
    other.create_bucket(Bucket="own")
    with pytest.raises(ClientError, match="kms:Decrypt"):
        other.copy_object(Bucket="own", Key="stolen", CopySource=source)
