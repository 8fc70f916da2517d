"""Lists as clients see them: filters, order, pages that neither repeat nor hide, tokens that are ours."""

import pytest
from botocore.exceptions import ClientError

from tests.wire import RunningSimulator


def groups(client, *names: str) -> None:
    for name in names:
        client.create_model_package_group(ModelPackageGroupName=name)


def listed(client, **params) -> list[str]:
    found = client.list_model_package_groups(**params)["ModelPackageGroupSummaryList"]
    return [each["ModelPackageGroupName"] for each in found]


def test_the_newest_come_first_and_sort_keys_change_that(simulator: RunningSimulator):
    client = simulator.client("sagemaker")
    groups(client, "beta", "Alpha-churn", "gamma-churn")
    assert listed(client) == ["gamma-churn", "Alpha-churn", "beta"]
    assert listed(client, SortOrder="Ascending") == ["beta", "Alpha-churn", "gamma-churn"]
    assert listed(client, SortBy="Name", SortOrder="Ascending") == ["Alpha-churn", "beta", "gamma-churn"]
    assert listed(client, NameContains="CHURN") == ["gamma-churn", "Alpha-churn"]


def test_moments_bound_a_list(simulator: RunningSimulator):
    client = simulator.client("sagemaker")
    groups(client, "first", "second")
    made = client.describe_model_package_group(ModelPackageGroupName="second")["CreationTime"]
    assert listed(client, CreationTimeAfter=made) == ["second"]
    assert listed(client, CreationTimeBefore=made, SortBy="Name") == ["second", "first"]


def test_pages_hold_while_resources_come_and_go(simulator: RunningSimulator):
    client = simulator.client("sagemaker")
    groups(client, *(f"group-{number:02}" for number in range(23)))
    first = client.list_model_package_groups(MaxResults=10)
    names = [each["ModelPackageGroupName"] for each in first["ModelPackageGroupSummaryList"]]
    client.delete_model_package_group(ModelPackageGroupName="group-12")
    groups(client, "late")
    rest = client.list_model_package_groups(MaxResults=100, NextToken=first["NextToken"])
    assert "NextToken" not in rest
    names += [each["ModelPackageGroupName"] for each in rest["ModelPackageGroupSummaryList"]]
    assert names == [f"group-{number:02}" for number in reversed(range(23)) if number != 12]


def test_ten_are_a_page_where_none_is_asked_for(simulator: RunningSimulator):
    client = simulator.client("sagemaker")
    groups(client, *(f"group-{number}" for number in range(11)))
    assert len(listed(client)) == 10


def test_a_token_of_somebody_else_is_refused(simulator: RunningSimulator):
    client = simulator.client("sagemaker")
    with pytest.raises(ClientError, match="Invalid NextToken") as refused:
        client.list_models(NextToken="somebody")
    assert refused.value.response["Error"]["Code"] == "ValidationException"
