"""Lineage over the wire: entities, associations, and questions about what came from what."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.wire import RunningSimulator


@pytest.fixture
def sagemaker(simulator: RunningSimulator) -> Any:
    """A client of an empty simulator."""
    return simulator.client("sagemaker")


def artifact(sagemaker: Any, uri: str, kind: str = "DataSet", **more: Any) -> str:
    arn: str = sagemaker.create_artifact(Source={"SourceUri": uri}, ArtifactType=kind, **more)["ArtifactArn"]
    return arn


def refused(call: Any, **params: Any) -> str:
    with pytest.raises(ClientError) as error:
        call(**params)
    return str(error.value.response["Error"]["Code"])


def test_a_source_has_one_artifact_and_may_be_deleted_by_it(sagemaker):
    arn = artifact(sagemaker, "s3://b/data", ArtifactName="data", Properties={"a": "1"})
    assert sagemaker.describe_artifact(ArtifactArn=arn)["ArtifactName"] == "data"
    with pytest.raises(ClientError, match="already exists"):
        artifact(sagemaker, "s3://b/data")
    listed = sagemaker.list_artifacts(SourceUri="s3://b/data")["ArtifactSummaries"]
    assert [each["ArtifactArn"] for each in listed] == [arn]
    assert sagemaker.delete_artifact(Source={"SourceUri": "s3://b/data"})["ArtifactArn"] == arn
    assert refused(sagemaker.describe_artifact, ArtifactArn=arn) == "ResourceNotFound"
    assert artifact(sagemaker, "s3://b/data") == arn
    assert "ArtifactName" not in sagemaker.describe_artifact(ArtifactArn=arn)


def test_properties_are_added_and_removed(sagemaker):
    sagemaker.create_action(
        ActionName="deploy", Source={"SourceUri": "here"}, ActionType="ModelDeployment",
        Status="InProgress", Properties={"a": "1", "b": "2"}, Tags=[{"Key": "team", "Value": "ml"}],
    )  # fmt: skip
    sagemaker.update_action(
        ActionName="deploy", Status="Completed", Properties={"c": "3"}, PropertiesToRemove=["a"]
    )
    found = sagemaker.describe_action(ActionName="deploy")
    assert (found["Status"], found["Properties"]) == ("Completed", {"b": "2", "c": "3"})
    tags = sagemaker.list_tags(ResourceArn=found["ActionArn"])["Tags"]
    assert tags == [{"Key": "team", "Value": "ml"}]
    assert found["LineageGroupArn"].endswith("lineage-group/sagemaker-default-lineage-group")
    groups = sagemaker.list_lineage_groups()["LineageGroupSummaries"]
    assert [each["LineageGroupArn"] for each in groups] == [found["LineageGroupArn"]]


def test_associations_join_what_exists_once(sagemaker):
    data, model = artifact(sagemaker, "s3://b/data"), artifact(sagemaker, "s3://b/model", "Model")
    add = sagemaker.add_association
    add(SourceArn=data, DestinationArn=model, AssociationType="ContributedTo")
    assert refused(add, SourceArn=data, DestinationArn=model) == "ValidationException"
    assert refused(add, SourceArn=data, DestinationArn=data) == "ValidationException"
    assert refused(add, SourceArn=data, DestinationArn=model[:-4] + "beef") == "ResourceNotFound"
    (found,) = sagemaker.list_associations(DestinationArn=model, SourceType="DataSet")["AssociationSummaries"]
    assert (found["SourceArn"], found["DestinationType"]) == (data, "Model")
    assert sagemaker.list_associations(SourceArn=data, DestinationType="Image")["AssociationSummaries"] == []
    assert refused(sagemaker.delete_artifact, ArtifactArn=data) == "ValidationException"
    sagemaker.delete_association(SourceArn=data, DestinationArn=model)
    sagemaker.delete_artifact(ArtifactArn=data)


def graph(sagemaker: Any) -> dict[str, str]:
    """raw -> data -> model -> deployment -> endpoint, and image -> model."""
    arns = {name: artifact(sagemaker, name, kind) for name, kind in
            {"raw": "DataSet", "data": "DataSet", "model": "Model", "image": "Image"}.items()}  # fmt: skip
    arns["deployment"] = sagemaker.create_action(
        ActionName="deployment", Source={"SourceUri": "x"}, ActionType="ModelDeployment",
        Properties={"stage": "prod"},
    )["ActionArn"]  # fmt: skip
    arns["endpoint"] = sagemaker.create_context(
        ContextName="endpoint", Source={"SourceUri": "y"}, ContextType="Endpoint"
    )["ContextArn"]
    for source, destination in (("raw", "data"), ("data", "model"), ("image", "model"),
                                ("model", "deployment"), ("deployment", "endpoint")):  # fmt: skip
        sagemaker.add_association(SourceArn=arns[source], DestinationArn=arns[destination])
    return arns


def test_lineage_is_walked_up_down_and_so_far(sagemaker):
    arns = graph(sagemaker)
    names = {arn: name for name, arn in arns.items()}

    def reached(start: str, **asked: Any) -> set[str]:
        found = sagemaker.query_lineage(StartArns=[arns[start]], **asked)["Vertices"]
        return {names[each["Arn"]] for each in found} - {start}

    assert reached("model", Direction="Ascendants") == {"raw", "data", "image"}
    assert reached("model", Direction="Descendants") == {"deployment", "endpoint"}
    assert reached("raw", Direction="Both") == {"data", "model", "deployment", "endpoint"}
    assert reached("model", Direction="Ascendants", MaxDepth=1) == {"data", "image"}
    up = {"StartArns": [arns["endpoint"]], "Direction": "Ascendants"}
    assert reached("endpoint", Direction="Ascendants", Filters={"Types": ["DataSet"]}) == {"raw", "data"}
    assert reached("endpoint", Filters={"LineageTypes": ["Action"]}) == {"deployment"}
    assert reached("endpoint", Filters={"Properties": {"stage": "prod"}}) == {"deployment"}
    whole = sagemaker.query_lineage(**up)
    assert len(whole["Edges"]) == 5
    assert refused(sagemaker.query_lineage, StartArns=[arns["raw"][:-4] + "beef"]) == "ResourceNotFound"


def test_a_question_is_answered_page_by_page_with_each_edge_once(sagemaker):
    arns = graph(sagemaker)
    asked = {"StartArns": [arns["endpoint"]], "Direction": "Ascendants", "MaxResults": 2}
    vertices, edges, token = [], [], None
    while True:
        page = sagemaker.query_lineage(**asked, **({"NextToken": token} if token else {}))
        assert len(page["Vertices"]) <= 2
        vertices += [each["Arn"] for each in page["Vertices"]]
        edges += [(each["SourceArn"], each["DestinationArn"]) for each in page["Edges"]]
        if not (token := page.get("NextToken")):
            break
    assert sorted(vertices) == sorted(arns.values())
    assert len(edges) == len(set(edges)) == 5
