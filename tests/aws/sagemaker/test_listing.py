"""Lists as clients see them: filters, order, pages that neither repeat nor hide, tokens that are ours."""

import pytest
from botocore.exceptions import ClientError

from simulator.aws.sagemaker.order import documented_order
from tests.wire import RunningSimulator


def groups(client, *names: str) -> None:
    for name in names:
        client.create_model_package_group(ModelPackageGroupName=name)


def listed(client, **params) -> list[str]:
    found = client.list_model_package_groups(**params)["ModelPackageGroupSummaryList"]
    return [each["ModelPackageGroupName"] for each in found]


def test_the_order_is_that_of_the_documentation_unless_the_request_says_another(simulator: RunningSimulator):
    client = simulator.client("sagemaker")
    groups(client, "beta", "Alpha-churn", "gamma-churn")
    assert listed(client) == ["beta", "Alpha-churn", "gamma-churn"]
    assert listed(client, SortOrder="Descending") == ["gamma-churn", "Alpha-churn", "beta"]
    assert listed(client, SortBy="Name", SortOrder="Descending") == ["gamma-churn", "beta", "Alpha-churn"]
    assert listed(client, NameContains="CHURN") == ["Alpha-churn", "gamma-churn"]


def test_lineage_and_experiments_show_the_newest_first_as_their_documentation_says(
    simulator: RunningSimulator,
):
    client = simulator.client("sagemaker")
    for name in ("first", "second"):
        client.create_experiment(ExperimentName=name)
    assert [each["ExperimentName"] for each in client.list_experiments()["ExperimentSummaries"]] == [
        "second",
        "first",
    ]


@pytest.mark.parametrize(
    ("operation", "sort", "order"),
    [
        ("ListTrainingJobs", "CreationTime", "Ascending"),
        ("ListTransformJobs", "CreationTime", "Descending"),
        ("ListAutoMLJobs", "Name", "Descending"),
        ("ListClusters", "CREATION_TIME", "Ascending"),
        ("ListMlflowApps", "", "Descending"),
        ("ListCandidatesForAutoMLJob", "", "Ascending"),
        ("ListHubs", "", ""),
    ],
)
def test_the_usual_order_is_read_from_the_service_model(operation: str, sort: str, order: str):
    assert documented_order(operation) == (sort, order)


def test_the_first_of_the_approved_is_the_latest_as_awss_own_templates_take_it(simulator: RunningSimulator):
    client = simulator.client("sagemaker")
    groups(client, "abalone")
    for _ in range(2):
        client.create_model_package(ModelPackageGroupName="abalone", ModelApprovalStatus="Approved")
    found = client.list_model_packages(
        ModelPackageGroupName="abalone",
        ModelApprovalStatus="Approved",
        SortBy="CreationTime",
        MaxResults=100,
    )["ModelPackageSummaryList"]
    assert [each["ModelPackageVersion"] for each in found] == [2, 1]


def test_moments_bound_a_list(simulator: RunningSimulator):
    client = simulator.client("sagemaker")
    groups(client, "first", "second")
    made = client.describe_model_package_group(ModelPackageGroupName="second")["CreationTime"]
    assert listed(client, CreationTimeAfter=made) == ["second"]
    assert listed(client, CreationTimeBefore=made, SortBy="Name") == ["first", "second"]


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
    assert names == [f"group-{number:02}" for number in range(23) if number != 12] + ["late"]


def test_ten_are_a_page_where_none_is_asked_for(simulator: RunningSimulator):
    client = simulator.client("sagemaker")
    groups(client, *(f"group-{number}" for number in range(11)))
    assert len(listed(client)) == 10


def test_a_token_of_somebody_else_is_refused(simulator: RunningSimulator):
    client = simulator.client("sagemaker")
    with pytest.raises(ClientError, match="Invalid NextToken") as refused:
        client.list_models(NextToken="somebody")
    assert refused.value.response["Error"]["Code"] == "ValidationException"


def test_a_filter_is_of_the_kinds_own_member_of_that_name(simulator: RunningSimulator):
    client = simulator.client("sagemaker")
    for kind in ("JupyterServer", "KernelGateway"):
        client.create_studio_lifecycle_config(
            StudioLifecycleConfigName=kind,
            StudioLifecycleConfigContent="ZWNobwo=",
            StudioLifecycleConfigAppType=kind,
        )
    found = client.list_studio_lifecycle_configs(AppTypeEquals="KernelGateway")["StudioLifecycleConfigs"]
    assert [each["StudioLifecycleConfigName"] for each in found] == ["KernelGateway"]
