"""Tags as boto3 sees them: set, listed and taken away, within AWS's limits."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.wire import RunningSimulator


def group(simulator: RunningSimulator, **more: Any) -> tuple[Any, str]:
    """A client and the ARN of a model package group."""
    client = simulator.client("sagemaker")
    made = client.create_model_package_group(ModelPackageGroupName="g", **more)
    return client, str(made["ModelPackageGroupArn"])


def numbered(count: int) -> list[dict[str, str]]:
    return [{"Key": f"key-{number:02d}", "Value": "v"} for number in range(count)]


def test_a_key_has_its_newest_value_and_a_resource_no_more_than_fifty(simulator: RunningSimulator):
    client, arn = group(simulator, Tags=[{"Key": "key-00", "Value": "old"}])
    client.add_tags(ResourceArn=arn, Tags=numbered(50))
    assert client.list_tags(ResourceArn=arn)["Tags"] == numbered(50)
    with pytest.raises(ClientError, match="exceeds the limit of 50"):
        client.add_tags(ResourceArn=arn, Tags=[{"Key": "one-more", "Value": "v"}])
    first = client.list_tags(ResourceArn=arn, MaxResults=50)
    assert "NextToken" not in first
    client.delete_tags(ResourceArn=arn, TagKeys=[each["Key"] for each in numbered(49)])
    assert client.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "key-49", "Value": "v"}]


def test_a_key_that_is_awss_own_is_refused_when_a_resource_is_made_and_after(simulator: RunningSimulator):
    reserved = [{"Key": "aws:team", "Value": "ml"}]
    with pytest.raises(ClientError, match="aws: prefixed tag key names are not allowed"):
        group(simulator, Tags=reserved)
    client, arn = group(simulator)
    with pytest.raises(ClientError, match="aws: prefixed tag key names are not allowed"):
        client.add_tags(ResourceArn=arn, Tags=reserved)
    assert client.list_tags(ResourceArn=arn)["Tags"] == []
    with pytest.raises(ClientError, match="does not exist"):
        client.list_tags(ResourceArn=f"{arn}-nobodys")
