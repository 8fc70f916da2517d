"""Search over the wire: resources of several kinds, tags, order, pages and suggestions."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.wire import RunningSimulator


@pytest.fixture
def sagemaker(simulator: RunningSimulator) -> Any:
    """A client of a simulator with components in a trial and packages in a group."""
    client = simulator.client("sagemaker")
    client.create_experiment(ExperimentName="rings")
    client.create_trial(TrialName="t", ExperimentName="rings")
    for number in range(3):
        name = f"run-{number}"
        client.create_trial_component(
            TrialComponentName=name,
            Parameters={"depth": {"NumberValue": float(number)}},
            Tags=[{"Key": "even", "Value": str(number % 2 == 0)}],
        )
        client.associate_trial_component(TrialName="t", TrialComponentName=name)
    client.create_model_package_group(ModelPackageGroupName="abalone", Tags=[{"Key": "team", "Value": "ml"}])
    for status in ("Approved", "Rejected"):
        client.create_model_package(
            ModelPackageGroupName="abalone",
            ModelApprovalStatus=status,
            InferenceSpecification={"Containers": [{"Image": "i"}]},
        )
    return client


def found(sagemaker: Any, resource: str, member: str, identity: str, **asked: Any) -> list[Any]:
    results = sagemaker.search(Resource=resource, **asked)["Results"]
    return [each[member][identity] for each in results]


def where(*filters: tuple[str, str, str]) -> dict[str, Any]:
    return {"Filters": [{"Name": n, "Operator": o, "Value": v} for n, o, v in filters]}


def test_components_are_found_by_parameter_tag_and_parent(sagemaker):
    def components(*filters: tuple[str, str, str]) -> list[str]:
        return found(
            sagemaker, "ExperimentTrialComponent", "TrialComponent", "TrialComponentName",
            SearchExpression=where(*filters), SortBy="Parameters.depth", SortOrder="Ascending",
        )  # fmt: skip

    assert components(("Parameters.depth", "GreaterThan", "0")) == ["run-1", "run-2"]
    assert components(("Tags.even", "Equals", "True")) == ["run-0", "run-2"]
    assert len(components(("Parents.ExperimentName", "Equals", "rings"))) == 3
    assert components(("Parents.TrialName", "Equals", "absent")) == []


def test_packages_groups_and_trials_are_found(sagemaker):
    approved = where(("ModelApprovalStatus", "Equals", "Approved"))
    assert found(
        sagemaker, "ModelPackage", "ModelPackage", "ModelPackageVersion", SearchExpression=approved
    ) == [1]
    tagged = where(("Tags.team", "Equals", "ml"))
    result = sagemaker.search(Resource="ModelPackageGroup", SearchExpression=tagged)
    assert result["Results"][0]["ModelPackageGroup"]["Tags"] == [{"Key": "team", "Value": "ml"}]
    (trial,) = sagemaker.search(Resource="ExperimentTrial")["Results"]
    assert len(trial["Trial"]["TrialComponentSummaries"]) == 3


def test_results_come_in_pages_and_are_counted(sagemaker):
    pages = list(
        sagemaker.get_paginator("search").paginate(
            Resource="ExperimentTrialComponent", PaginationConfig={"PageSize": 2}
        )
    )
    assert [len(page["Results"]) for page in pages] == [2, 1]
    assert pages[0]["TotalHits"] == {"Value": 3, "Relation": "EqualTo"}


def test_names_are_suggested_from_the_model_and_from_what_is_there(sagemaker):
    def suggested(hint: str) -> list[str]:
        query = {"PropertyNameQuery": {"PropertyNameHint": hint}}
        answer = sagemaker.get_search_suggestions(Resource="ExperimentTrialComponent", SuggestionQuery=query)
        return [each["PropertyName"] for each in answer["PropertyNameSuggestions"]]

    assert suggested("Tags.e") == ["Tags.even"]
    assert "Parameters.depth" in suggested("Parameters")
    assert suggested("TrialComponentN") == ["TrialComponentName"]


def test_what_we_keep_no_rows_of_is_refused_by_name(sagemaker):
    with pytest.raises(ClientError, match="Search over FeatureMetadata"):
        sagemaker.search(Resource="FeatureMetadata")
