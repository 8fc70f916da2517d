"""Versions of Elastic Beanstalk are bundles that are there; environments there are none, and none is made up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.wire import RunningSimulator


@pytest.fixture(scope="module")
def simulator() -> Iterator[RunningSimulator]:
    running = RunningSimulator()
    s3 = running.client("s3")
    s3.create_bucket(Bucket="bundles")
    s3.put_object(Bucket="bundles", Key="app.zip", Body=b"zip")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def beanstalk(simulator: RunningSimulator) -> Any:
    client = simulator.client("elasticbeanstalk")
    client.create_application(ApplicationName="shop", Description="sells", Tags=[{"Key": "a", "Value": "b"}])
    return client


def _version(client: Any, label: str, key: str = "app.zip", **more: Any) -> dict[str, Any]:
    bundle = {"S3Bucket": "bundles", "S3Key": key}
    made: dict[str, Any] = client.create_application_version(
        **{"ApplicationName": "shop", "VersionLabel": label, "SourceBundle": bundle, **more}
    )["ApplicationVersion"]
    return made


def _refused(work: Any, **params: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as refusal:
        work(**params)
    error = refusal.value.response["Error"]
    return error["Code"], error["Message"]


def test_a_version_is_a_bundle_of_its_application(beanstalk):
    made = _version(beanstalk, "v1", Description="first")
    assert made["ApplicationVersionArn"].endswith(":applicationversion/shop/v1")
    assert (made["Status"], made["SourceBundle"]) == (
        "Unprocessed",
        {"S3Bucket": "bundles", "S3Key": "app.zip"},
    )
    _version(beanstalk, "v2")
    listed = beanstalk.describe_application_versions(ApplicationName="shop")["ApplicationVersions"]
    assert {each["VersionLabel"] for each in listed} == {"v1", "v2"}
    changed = beanstalk.update_application_version(
        ApplicationName="shop", VersionLabel="v2", Description="second"
    )
    assert changed["ApplicationVersion"]["Description"] == "second"
    assert set(beanstalk.describe_applications()["Applications"][0]["Versions"]) == {"v1", "v2"}
    beanstalk.delete_application_version(ApplicationName="shop", VersionLabel="v2")
    told = _refused(beanstalk.delete_application_version, ApplicationName="shop", VersionLabel="v2")
    assert told == ("InvalidParameterValue", "No Application Version named 'v2' found.")
    arn = made["ApplicationVersionArn"]
    beanstalk.update_tags_for_resource(ResourceArn=arn, TagsToAdd=[{"Key": "team", "Value": "ml"}])
    tags = beanstalk.list_tags_for_resource(ResourceArn=arn)["ResourceTags"]
    assert tags == [{"Key": "team", "Value": "ml"}]


@pytest.mark.parametrize(
    ("changes", "code", "text"),
    [
        ({"key": "none.zip"}, "InvalidParameterCombination",
         "Unable to download from S3 location (Bucket: bundles  Key: none.zip). Reason: Not Found"),
        ({"ApplicationName": "none"}, "InvalidParameterValue", "No Application named 'none' found."),
        ({"Process": True}, "NotSimulated", "Process"),
        ({"SourceBundle": {}}, "NotSimulated", "sample application"),
    ],
)  # fmt: skip
def test_a_version_that_could_not_be_is_not_made(beanstalk, changes, code, text):
    found = _refused(lambda: _version(beanstalk, "never", **changes))
    assert found[0] == code
    assert text in found[1]


def test_a_label_is_given_once_and_a_bundle_lies_in_the_applications_region(simulator, beanstalk):
    _version(beanstalk, "once")
    text = "Application Version once already exists."
    assert _refused(lambda: _version(beanstalk, "once")) == ("InvalidParameterValue", text)
    elsewhere = simulator.client("elasticbeanstalk", region="eu-west-1")
    code, text = _refused(lambda: _version(elsewhere, "v", AutoCreateApplication=True))
    assert code == "InvalidParameterCombination"
    assert "The bucket is in this region: us-east-1" in text
    assert elsewhere.describe_applications()["Applications"] == []


def test_the_storage_location_is_a_bucket_of_the_account(simulator, beanstalk):
    bucket = beanstalk.create_storage_location()["S3Bucket"]
    assert bucket == "elasticbeanstalk-us-east-1-222222222222"
    assert beanstalk.create_storage_location()["S3Bucket"] == bucket
    simulator.client("s3").head_bucket(Bucket=bucket)


def test_there_is_no_environment_and_none_is_made_up(beanstalk):
    assert beanstalk.describe_environments(ApplicationName="shop")["Environments"] == []
    told = _refused(beanstalk.update_environment, EnvironmentName="prod", VersionLabel="v1")
    assert told == ("InvalidParameterValue", "No Environment found for EnvironmentName = 'prod'.")
    made = _refused(beanstalk.create_environment, ApplicationName="shop", EnvironmentName="prod")
    assert made[0] == "NotSimulated"
    assert "elasticbeanstalk:CreateEnvironment is not simulated" in made[1]


def test_a_deleted_application_takes_its_versions_along(beanstalk):
    beanstalk.create_application(ApplicationName="old")
    _version(beanstalk, "v1", ApplicationName="old")
    beanstalk.delete_application(ApplicationName="old")
    assert beanstalk.describe_application_versions(ApplicationName="old")["ApplicationVersions"] == []
