"""A package with a ValidationSpecification is Completed when the transform jobs of its profiles truly are."""

from typing import Any

import pytest

from simulator.aws.sagemaker import life
from simulator.kernel.errors import CallerError
from simulator.runtime.engine_scripted import Script, ScriptedEngine
from simulator.runtime.work import Answer
from tests.aws.sagemaker.fake_cloud import ACCOUNT, REGION, ROLE, XGBOOST, FakeCloud, play
from tests.aws.sagemaker.test_endpoints import archive
from tests.aws.sagemaker.transform.test_transform import prepare, request
from tests.wire import RunningSimulator

PACKAGE = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:model-package/checked"


def inference() -> dict[str, Any]:
    return {
        "Containers": [{"Image": XGBOOST, "ModelDataUrl": "s3://models/one/model.tar.gz"}],
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["text/csv"],
    }


def profile(name: str, prefix: str = "s3://data/batch/", **more: Any) -> dict[str, Any]:
    asked = request(**more)
    definition = {
        member: asked[member] for member in asked if member not in ("TransformJobName", "ModelName")
    }
    definition["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"] = prefix
    return {"ProfileName": name, "TransformJobDefinition": definition}


async def create(cloud: FakeCloud, *profiles: dict[str, Any], **more: Any) -> str:
    validation = {"ValidationRole": ROLE, "ValidationProfiles": list(profiles)}
    asked = {"ModelPackageName": "checked", "InferenceSpecification": inference(), **more}
    made = await cloud.ask("CreateModelPackage", ValidationSpecification=validation, **asked)
    return str(made["ModelPackageArn"])


def test_every_profile_is_a_transform_job_of_the_packages_containers():
    async def story(cloud: FakeCloud) -> None:
        seen = await prepare(cloud)
        cloud.objects["s3://data/batch/a.csv"] = b"1\n2\n"
        arn = await create(cloud, profile("small"))
        row = await cloud.ask("DescribeModelPackage", ModelPackageName=arn)
        assert row["ModelPackageStatus"] == "Completed"
        assert row["ModelPackageStatusDetails"]["ValidationStatuses"] == [
            {"Name": "small", "Status": "Completed"}
        ]
        assert row["ValidationSpecification"]["ValidationRole"] == ROLE
        assert cloud.objects["s3://out/x/a.csv.out"] == b"2\n4\n"
        assert [each.body for each in seen] == [b"1\n2"]
        assert len((await cloud.ask("ListTransformJobs"))["TransformJobSummaries"]) == 1
        assert [each["ModelName"] for each in (await cloud.ask("ListModels"))["Models"]] == ["one"]
        told = [
            e["detail"]["ModelPackageStatus"] for e in cloud.events("SageMaker Model Package State Change")
        ]
        assert told == ["Pending", "InProgress", "Completed"]

    play(story)


def test_a_profile_that_fails_fails_the_package_with_its_reason():
    async def story(cloud: FakeCloud) -> None:
        await prepare(cloud)
        cloud.objects["s3://data/worse/a.csv"] = b"bad\n"
        await create(cloud, profile("worse", "s3://data/worse/"))
        row = await cloud.ask("DescribeModelPackage", ModelPackageName=PACKAGE)
        assert row["ModelPackageStatus"] == "Failed"
        (worse,) = row["ModelPackageStatusDetails"]["ValidationStatuses"]
        assert (worse["Name"], worse["Status"]) == ("worse", "Failed")
        assert worse["FailureReason"]
        await cloud.ask("DeleteModelPackage", ModelPackageName=PACKAGE)

    play(story)


def test_a_model_that_the_role_cannot_read_fails_the_package():
    async def story(cloud: FakeCloud) -> None:
        await prepare(cloud)
        del cloud.objects["s3://models/one/model.tar.gz"]
        await create(cloud, profile("small"))
        row = await cloud.ask("DescribeModelPackage", ModelPackageName=PACKAGE)
        assert row["ModelPackageStatus"] == "Failed"
        (status,) = row["ModelPackageStatusDetails"]["ValidationStatuses"]
        assert status["FailureReason"].startswith(
            "ClientError: Could not access model data at s3://models/one/"
        )

    play(story)


def test_a_validation_goes_on_after_a_restart_without_a_second_job():
    async def story(cloud: FakeCloud) -> None:
        await prepare(cloud)
        cloud.objects["s3://data/batch/a.csv"] = b"1\n"
        await create(cloud, profile("small"))
        await life.stop(cloud)
        life.resume(cloud)
        row = await cloud.ask("DescribeModelPackage", ModelPackageName=PACKAGE)
        assert row["ModelPackageStatus"] == "Completed"
        assert len((await cloud.ask("ListTransformJobs"))["TransformJobSummaries"]) == 1

    play(story)


def test_what_cannot_be_validated_is_refused():
    async def story(cloud: FakeCloud) -> None:
        nothing = {"ValidationRole": ROLE, "ValidationProfiles": [profile("small")]}
        with pytest.raises(CallerError, match="needs containers to validate"):
            await cloud.ask("CreateModelPackage", ModelPackageName="x", ValidationSpecification=nothing)
        large = profile("large", MaxConcurrentTransforms=20, MaxPayloadInMB=20)
        with pytest.raises(CallerError, match="must not exceed 100 MB"):
            await create(cloud, large)

    play(story)


def test_a_package_of_an_algorithm_takes_over_its_inference_specification():
    async def story(cloud: FakeCloud) -> None:
        channel = {"Name": "train", "SupportedContentTypes": ["text/csv"], "SupportedInputModes": ["File"]}
        training = {
            "TrainingImage": XGBOOST,
            "SupportedTrainingInstanceTypes": ["ml.m5.large"],
            "TrainingChannels": [channel],
        }
        told = {**inference(), "Containers": [{"Image": XGBOOST}]}
        await cloud.ask(
            "CreateAlgorithm",
            AlgorithmName="trees",
            TrainingSpecification=training,
            InferenceSpecification=told,
        )
        source = {"AlgorithmName": "trees", "ModelDataUrl": "s3://models/one/model.tar.gz"}
        algorithms = {"SourceAlgorithms": [source]}
        await cloud.ask(
            "CreateModelPackage", ModelPackageName="checked", SourceAlgorithmSpecification=algorithms
        )
        row = await cloud.ask("DescribeModelPackage", ModelPackageName=PACKAGE)
        (container,) = row["InferenceSpecification"]["Containers"]
        assert (container["Image"], container["ModelDataUrl"]) == (XGBOOST, "s3://models/one/model.tar.gz")
        assert row["SourceAlgorithmSpecification"]["SourceAlgorithms"] == [source]
        assert row["ModelPackageStatus"] == "Completed"

    play(story)


def test_over_the_wire_the_jobs_run_as_the_validation_role():
    engine = ScriptedEngine()
    engine.script("xgboost", Script(answer=lambda asked: Answer(200, {}, b"7\n" if asked.body else b"")))
    world = RunningSimulator(engine=engine)
    try:
        s3, client = world.client("s3"), world.client("sagemaker")
        for bucket in ("models", "data", "out"):
            s3.create_bucket(Bucket=bucket)
        s3.put_object(Bucket="models", Key="one/model.tar.gz", Body=archive("xgboost-model", b"one"))
        s3.put_object(Bucket="data", Key="batch/a.csv", Body=b"1\n")
        client.create_model_package(
            ModelPackageName="checked",
            InferenceSpecification=inference(),
            ValidationSpecification={"ValidationRole": ROLE, "ValidationProfiles": [profile("small")]},
        )
        row = client.describe_model_package(ModelPackageName="checked")
        assert row["ModelPackageStatusDetails"]["ValidationStatuses"] == [
            {"Name": "small", "Status": "Completed"}
        ]
        assert s3.get_object(Bucket="out", Key="x/a.csv.out")["Body"].read() == b"7\n"
    finally:
        world.stop()
