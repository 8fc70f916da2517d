"""Versions and packages over the wire: everything AWS keeps of a model, what changes it, and what it refuses."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from tests.wire import RunningSimulator

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
SPECIFICATION = {
    "Containers": [{"Image": IMAGE, "ModelDataUrl": "s3://models/a/model.tar.gz"}],
    "SupportedContentTypes": ["text/csv"],
    "SupportedResponseMIMETypes": ["text/csv"],
}


def source(name: str) -> dict[str, str]:
    return {"ContentType": "application/json", "S3Uri": f"s3://models/reports/{name}.json"}


METRICS = {
    "ModelQuality": {"Statistics": source("ms"), "Constraints": source("mc")},
    "ModelDataQuality": {"Statistics": source("ds"), "Constraints": source("dc")},
    "Bias": {
        "Report": source("b"),
        "PreTrainingReport": source("pre"),
        "PostTrainingReport": source("post"),
    },
    "Explainability": {"Report": source("e")},
}
BASELINES = {
    "ModelQuality": {"Statistics": source("ms"), "Constraints": source("mc")},
    "ModelDataQuality": {"Statistics": source("ds"), "Constraints": source("dc")},
    "Bias": {
        "ConfigFile": source("bc"),
        "PreTrainingConstraints": source("pre"),
        "PostTrainingConstraints": source("post"),
    },
    "Explainability": {"ConfigFile": source("ec"), "Constraints": source("e")},
}


@pytest.fixture
def registry(simulator: RunningSimulator):
    """A client of a simulator whose registry has one group."""
    client = simulator.client("sagemaker")
    client.create_model_package_group(ModelPackageGroupName="abalone")
    return client


def refused(call, **params) -> str:
    with pytest.raises(ClientError) as error:
        call(**params)
    found = error.value.response["Error"]
    return f"{found['Code']}: {found['Message']}"


def test_everything_that_was_registered_is_described(registry):
    given = {
        "ModelPackageDescription": "gradient boosted",
        "InferenceSpecification": SPECIFICATION,
        "ModelMetrics": METRICS,
        "DriftCheckBaselines": BASELINES,
        "CustomerMetadataProperties": {"team": "ml"},
        "MetadataProperties": {"CommitId": "c0ffee", "Repository": "model_build", "GeneratedBy": "execution",
                               "ProjectId": "p"},
        "ModelLifeCycle": {"Stage": "Development", "StageStatus": "In-Progress", "StageDescription": "first"},
        "SkipModelValidation": "All",
        "ModelCard": {"ModelCardContent": json.dumps({"model_overview": {"model_creator": "ada"}}),
                      "ModelCardStatus": "Draft"},
        "SecurityConfig": {"KmsKeyId": "alias/registry"},
        "SamplePayloadUrl": "s3://models/payload.tar.gz",
        "Domain": "MACHINE_LEARNING",
        "Task": "REGRESSION",
        "AdditionalInferenceSpecifications": [{"Name": "edge", "Containers": [{"Image": IMAGE}]}],
    }  # fmt: skip
    arn = registry.create_model_package(ModelPackageGroupName="abalone", **given)["ModelPackageArn"]
    found = registry.describe_model_package(ModelPackageName=arn)
    assert {member: found[member] for member in given} == given
    assert sum(len(kind) for kind in found["ModelMetrics"].values()) == 8
    assert found["CreatedBy"]["IamIdentity"]["Arn"].startswith("arn:aws:iam::222222222222:user/")
    plain = registry.describe_model_package(ModelPackageName=arn, IncludedData="MetadataOnly")
    assert "ada" not in plain["ModelCard"]["ModelCardContent"]


def test_the_etag_of_model_data_and_the_digest_of_an_image_are_noted(simulator, registry):
    s3 = simulator.client("s3")
    s3.create_bucket(Bucket="models")
    etag = s3.put_object(Bucket="models", Key="a/model.tar.gz", Body=b"model")["ETag"].strip('"')
    digest = "sha256:" + "a" * 64
    containers = [{"Image": f"{IMAGE}@{digest}", "ModelDataUrl": "s3://models/a/model.tar.gz"}]
    arn = registry.create_model_package(
        ModelPackageGroupName="abalone", InferenceSpecification={"Containers": containers}
    )["ModelPackageArn"]
    container = registry.describe_model_package(ModelPackageName=arn)["InferenceSpecification"]["Containers"][
        0
    ]
    assert (container["ModelDataETag"], container["ImageDigest"]) == (etag, digest)


def test_an_update_sets_what_is_given_and_the_event_names_it(simulator, registry):
    arn = registry.create_model_package(
        ModelPackageGroupName="abalone",
        InferenceSpecification=SPECIFICATION,
        CustomerMetadataProperties={"a": "1", "b": "2"},
        ModelCard={"ModelCardContent": "{}", "ModelCardStatus": "Draft"},
    )["ModelPackageArn"]
    registry.update_model_package(
        ModelPackageArn=arn,
        ModelApprovalStatus="Approved",
        ApprovalDescription="good",
        CustomerMetadataProperties={"c": "3"},
        CustomerMetadataPropertiesToRemove=["a"],
        ModelLifeCycle={"Stage": "Staging", "StageStatus": "Approved"},
        AdditionalInferenceSpecificationsToAdd=[{"Name": "edge", "Containers": [{"Image": IMAGE}]}],
        ModelCard={"ModelCardStatus": "PendingReview"},
    )
    found = registry.describe_model_package(ModelPackageName=arn)
    assert (found["ModelApprovalStatus"], found["ApprovalDescription"]) == ("Approved", "good")
    assert found["CustomerMetadataProperties"] == {"b": "2", "c": "3"}
    assert found["ModelLifeCycle"] == {"Stage": "Staging", "StageStatus": "Approved"}
    assert [each["Name"] for each in found["AdditionalInferenceSpecifications"]] == ["edge"]
    assert found["ModelCard"] == {"ModelCardContent": "{}", "ModelCardStatus": "PendingReview"}
    changed = [f for f in simulator.facts() if f["kind"] == "ModelPackageStateChanged"][-1]
    assert sorted(changed["detail"]["event"]["detail"]["UpdatedModelPackageFields"]) == [
        "AdditionalInferenceSpecifications", "ApprovalDescription", "CustomerMetadataProperties",
        "ModelApprovalStatus", "ModelCard", "ModelLifeCycle",
    ]  # fmt: skip


def test_a_package_is_cloned_and_a_model_registered_by_the_source_uri(simulator, registry):
    first = registry.create_model_package(
        ModelPackageGroupName="abalone", InferenceSpecification=SPECIFICATION, Domain="MACHINE_LEARNING"
    )["ModelPackageArn"]
    second = registry.create_model_package(ModelPackageGroupName="abalone", SourceUri=first)[
        "ModelPackageArn"
    ]
    found = registry.describe_model_package(ModelPackageName=second)
    assert (found["InferenceSpecification"], found["Domain"]) == (SPECIFICATION, "MACHINE_LEARNING")
    assert found["SourceUri"] == first
    role = next(r.arn for r in simulator.simulator.topology.roles if "SageMaker" in r.arn)
    model = registry.create_model(
        ModelName="m", ExecutionRoleArn=role, PrimaryContainer={"Image": IMAGE, "Environment": {"A": "1"}}
    )["ModelArn"]
    third = registry.create_model_package(ModelPackageGroupName="abalone", SourceUri=model)["ModelPackageArn"]
    containers = registry.describe_model_package(ModelPackageName=third)["InferenceSpecification"][
        "Containers"
    ]
    assert containers == [{"Image": IMAGE, "Environment": {"A": "1"}}]


def test_a_client_token_makes_one_version(registry):
    asked = {
        "ModelPackageGroupName": "abalone",
        "InferenceSpecification": SPECIFICATION,
        "ClientToken": "once",
    }
    assert registry.create_model_package(**asked) | {"ResponseMetadata": 0} == registry.create_model_package(
        **asked
    ) | {"ResponseMetadata": 0}
    assert len(registry.list_model_packages(ModelPackageGroupName="abalone")["ModelPackageSummaryList"]) == 1


def test_an_update_with_a_token_that_was_used_changes_nothing(registry):
    arn = registry.create_model_package(
        ModelPackageGroupName="abalone", InferenceSpecification=SPECIFICATION
    )["ModelPackageArn"]
    for status, token in (("Approved", "first"), ("Rejected", "second"), ("Approved", "first")):
        registry.update_model_package(ModelPackageArn=arn, ModelApprovalStatus=status, ClientToken=token)
    assert registry.describe_model_package(ModelPackageName=arn)["ModelApprovalStatus"] == "Rejected"


def test_packages_are_listed_by_type_approval_and_page(registry):
    registry.create_model_package(ModelPackageName="alone", InferenceSpecification=SPECIFICATION)
    for status in ("Approved", "Rejected", "Approved"):
        registry.create_model_package(
            ModelPackageGroupName="abalone", InferenceSpecification=SPECIFICATION, ModelApprovalStatus=status
        )

    def arns(**asked):
        pages = registry.get_paginator("list_model_packages").paginate(
            PaginationConfig={"PageSize": 1}, **asked
        )
        return [each["ModelPackageArn"].split("/", 1)[1] for page in pages
                for each in page["ModelPackageSummaryList"]]  # fmt: skip

    assert arns() == ["alone"]
    assert sorted(arns(ModelPackageType="Both")) == ["abalone/1", "abalone/2", "abalone/3", "alone"]
    assert arns(ModelPackageGroupName="abalone", ModelApprovalStatus="Approved") == ["abalone/3", "abalone/1"]
    ascending = arns(ModelPackageGroupName="abalone", SortBy="CreationTime", SortOrder="Ascending")
    assert ascending == ["abalone/1", "abalone/2", "abalone/3"]


def test_a_batch_tells_apart_what_it_cannot_describe(registry):
    arn = registry.create_model_package(
        ModelPackageGroupName="abalone", InferenceSpecification=SPECIFICATION
    )["ModelPackageArn"]
    absent = arn[:-1] + "9"
    found = registry.batch_describe_model_package(ModelPackageArnList=[arn, absent])
    assert found["ModelPackageSummaries"][arn]["InferenceSpecification"] == SPECIFICATION
    assert found["BatchDescribeModelPackageErrorMap"][absent]["ErrorCode"] == "ValidationException"


def test_what_the_registry_refuses(registry):
    create = registry.create_model_package
    assert "Both ModelPackageName and ModelPackageGroupName" in refused(
        create, ModelPackageName="a", ModelPackageGroupName="abalone"
    )
    assert "Missing ARN" in refused(create, ModelPackageDescription="neither")
    assert "Tags are not supported in Model Package versions" in refused(
        create, ModelPackageGroupName="abalone", Tags=[{"Key": "a", "Value": "b"}]
    )
    arn = create(ModelPackageGroupName="abalone", InferenceSpecification=SPECIFICATION)["ModelPackageArn"]
    assert "Tags are not supported in Model Package versions" in refused(
        registry.add_tags, ResourceArn=arn, Tags=[{"Key": "a", "Value": "b"}]
    )
    assert "does not exist" in refused(create, ModelPackageGroupName="absent")
    assert "catalogue" in refused(registry.list_model_metadata)
