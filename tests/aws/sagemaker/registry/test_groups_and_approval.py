"""The registry: versions, approval and what its events say."""

import json

import pytest

from simulator.aws.sagemaker.registry.group_policy import resource_policy
from simulator.kernel.errors import CallerError
from tests.aws.sagemaker.fake_cloud import FakeCloud, play

SPECIFICATION = {
    "Containers": [{"Image": "i", "ModelDataUrl": "s3://m/model.tar.gz"}],
    "SupportedContentTypes": ["text/csv"],
    "SupportedResponseMIMETypes": ["text/csv"],
}


async def register(cloud: FakeCloud, **more):
    request = {"ModelPackageGroupName": "abalone", "InferenceSpecification": SPECIFICATION, **more}
    return (await cloud.ask("CreateModelPackage", **request))["ModelPackageArn"]


async def group(cloud: FakeCloud):
    return (await cloud.ask("CreateModelPackageGroup", ModelPackageGroupName="abalone"))[
        "ModelPackageGroupArn"
    ]


def test_versions_count_up_and_wait_for_approval():
    async def story(cloud: FakeCloud) -> None:
        await group(cloud)
        first, second = await register(cloud), await register(cloud)
        assert first.endswith(":model-package/abalone/1")
        assert second.endswith(":model-package/abalone/2")
        package = await cloud.ask("DescribeModelPackage", ModelPackageName=first)
        assert package["ModelApprovalStatus"] == "PendingManualApproval"
        assert package["ModelPackageStatus"] == "Completed"
        await cloud.ask("DeleteModelPackage", ModelPackageName=second)
        assert (await register(cloud)).endswith("/3")

    play(story)


def test_approval_is_an_event_in_the_shape_of_aws():
    async def story(cloud: FakeCloud) -> None:
        await group(cloud)
        arn = await register(cloud)
        await cloud.ask(
            "UpdateModelPackage",
            ModelPackageArn=arn,
            ModelApprovalStatus="Approved",
            ApprovalDescription="ok",
        )
        event = cloud.events("SageMaker Model Package State Change")[-1]
        assert event["source"] == "aws.sagemaker"
        assert event["resources"] == [arn]
        detail = event["detail"]
        assert detail["ModelApprovalStatus"] == "Approved"
        assert (detail["ModelPackageGroupName"], detail["ModelPackageVersion"]) == ("abalone", 1)
        assert detail["UpdatedModelPackageFields"] == ["ModelApprovalStatus", "ApprovalDescription"]
        assert detail["CreationTime"].endswith("Z")

    play(story)


def test_description_only_update_keeps_the_status():
    async def story(cloud: FakeCloud) -> None:
        await group(cloud)
        arn = await register(cloud)
        await cloud.ask("UpdateModelPackage", ModelPackageArn=arn, ModelApprovalStatus="Approved")
        await cloud.ask(
            "UpdateModelPackage", ModelPackageArn=arn, CustomerMetadataProperties={"stage": "prod"}
        )
        package = await cloud.ask("DescribeModelPackage", ModelPackageName=arn)
        assert package["ModelApprovalStatus"] == "Approved"
        assert package["CustomerMetadataProperties"] == {"stage": "prod"}
        detail = cloud.events("SageMaker Model Package State Change")[-1]["detail"]
        assert detail["UpdatedModelPackageFields"] == ["CustomerMetadataProperties"]

    play(story)


def test_lists_give_the_newest_approved_version_first():
    async def story(cloud: FakeCloud) -> None:
        await group(cloud)
        for _ in range(3):
            arn = await register(cloud)
            await cloud.ask("UpdateModelPackage", ModelPackageArn=arn, ModelApprovalStatus="Approved")
        await register(cloud)
        listed = await cloud.ask(
            "ListModelPackages", ModelPackageGroupName="abalone", ModelApprovalStatus="Approved", MaxResults=1
        )
        assert [p["ModelPackageVersion"] for p in listed["ModelPackageSummaryList"]] == [3]
        assert not (await cloud.ask("ListModelPackages"))["ModelPackageSummaryList"]

    play(story)


def test_a_group_with_versions_cannot_be_deleted():
    async def story(cloud: FakeCloud) -> None:
        await group(cloud)
        arn = await register(cloud)
        with pytest.raises(CallerError) as refused:
            await cloud.ask("DeleteModelPackageGroup", ModelPackageGroupName="abalone")
        assert refused.value.code == "ConflictException"
        await cloud.ask("DeleteModelPackage", ModelPackageName=arn)
        await cloud.ask("DeleteModelPackageGroup", ModelPackageGroupName="abalone")
        with pytest.raises(CallerError, match="does not exist"):
            await cloud.ask("DescribeModelPackageGroup", ModelPackageGroupName="abalone")

    play(story)


def test_a_group_policy_protects_its_versions():
    async def story(cloud: FakeCloud) -> None:
        arn = await group(cloud)
        document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow"}]}
        await cloud.ask(
            "PutModelPackageGroupPolicy", ModelPackageGroupName="abalone", ResourcePolicy=json.dumps(document)
        )
        assert resource_policy(cloud.kernel, arn) == document
        assert resource_policy(cloud.kernel, arn.replace("-group/", "/") + "/1") == document
        await cloud.ask("DeleteModelPackageGroupPolicy", ModelPackageGroupName="abalone")
        assert resource_policy(cloud.kernel, arn) is None

    play(story)


def test_a_version_that_waits_too_long_raises_a_notice():
    async def story(cloud: FakeCloud) -> None:
        await group(cloud)
        waiting, decided = await register(cloud), await register(cloud)
        await cloud.ask("UpdateModelPackage", ModelPackageArn=decided, ModelApprovalStatus="Rejected")
        await cloud.kernel.scheduler.advance(8 * 24 * 3600)
        assert [json.loads(p["Message"])["modelPackageArn"] for p in cloud.published] == [waiting]

    play(story)


def test_tags_are_kept_by_arn():
    async def story(cloud: FakeCloud) -> None:
        arn = await group(cloud)
        await cloud.ask(
            "AddTags", ResourceArn=arn, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
        )
        await cloud.ask("DeleteTags", ResourceArn=arn, TagKeys=["a"])
        assert (await cloud.ask("ListTags", ResourceArn=arn))["Tags"] == [{"Key": "b", "Value": "2"}]
        with pytest.raises(CallerError):
            await cloud.ask("ListTags", ResourceArn=arn + "x")

    play(story)
