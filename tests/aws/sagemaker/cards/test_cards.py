"""Model cards over the wire: versions, statuses, schema, PDF, and the SDK's own ModelCard."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from botocore.exceptions import ClientError

from simulator.aws.sagemaker.cards.content import check
from simulator.aws.sagemaker.cards.document import pdf
from simulator.kernel.errors import CallerError
from tests.aws.sagemaker.experiments.test_experiments import session
from tests.wire import RunningSimulator

CONTENT = {
    "model_overview": {"model_creator": "ada", "model_id": "m", "model_version": 1},
    "intended_uses": {"purpose_of_model": "rings (of abalone)", "risk_rating": "Low"},
    "evaluation_details": [
        {"name": "quality", "metric_groups": [
            {"name": "regression", "metric_data": [{"name": "rmse", "type": "number", "value": 2.5}]}]}
    ],
}  # fmt: skip


def card(sagemaker: Any, name: str = "abalone", **more: Any) -> str:
    content = json.dumps(more.pop("content", CONTENT))
    arn: str = sagemaker.create_model_card(
        ModelCardName=name, Content=content, ModelCardStatus="Draft", **more
    )["ModelCardArn"]
    return arn


def refused(call: Any, **params: Any) -> str:
    with pytest.raises(ClientError) as error:
        call(**params)
    return str(error.value.response["Error"]["Code"])


def test_content_makes_versions_and_status_does_not(simulator: RunningSimulator):
    sagemaker = simulator.client("sagemaker")
    arn = card(sagemaker, Tags=[{"Key": "team", "Value": "ml"}])
    assert refused(sagemaker.create_model_card, ModelCardName="abalone", Content="{}",
                   ModelCardStatus="Draft") == "ConflictException"  # fmt: skip
    changed = {**CONTENT, "business_details": {"line_of_business": "sea"}}
    sagemaker.update_model_card(ModelCardName="abalone", Content=json.dumps(changed))
    sagemaker.update_model_card(ModelCardName=arn, ModelCardStatus="PendingReview")
    both = {"Content": "{}", "ModelCardStatus": "Approved"}
    assert refused(sagemaker.update_model_card, ModelCardName="abalone", **both) == "ValidationException"
    now = sagemaker.describe_model_card(ModelCardName="abalone")
    assert (now["ModelCardVersion"], now["ModelCardStatus"]) == (2, "PendingReview")
    first = sagemaker.describe_model_card(ModelCardName="abalone", ModelCardVersion=1)
    assert json.loads(first["Content"]) == CONTENT
    assert (
        "ada"
        not in sagemaker.describe_model_card(ModelCardName="abalone", IncludedData="MetadataOnly")["Content"]
    )
    versions = sagemaker.list_model_card_versions(ModelCardName="abalone")["ModelCardVersionSummaryList"]
    assert [(v["ModelCardVersion"], v["ModelCardStatus"]) for v in versions] == [
        (2, "PendingReview"),
        (1, "Draft"),
    ]
    assert (
        refused(sagemaker.describe_model_card, ModelCardName="abalone", ModelCardVersion=9)
        == "ResourceNotFound"
    )


def test_cards_are_listed_found_by_search_and_deleted(simulator: RunningSimulator):
    sagemaker = simulator.client("sagemaker")
    for name in ("one", "two"):
        card(sagemaker, name)
    listed = sagemaker.list_model_cards(NameContains="tw")["ModelCardSummaries"]
    assert [each["ModelCardName"] for each in listed] == ["two"]
    filters = [{"Name": "ModelId", "Value": "m"}, {"Name": "RiskRating", "Value": "Low"}]
    found = sagemaker.search(Resource="ModelCard", SearchExpression={"Filters": filters})["Results"]
    assert {each["ModelCard"]["ModelCardName"] for each in found} == {"one", "two"}
    sagemaker.delete_model_card(ModelCardName="one")
    assert refused(sagemaker.describe_model_card, ModelCardName="one") == "ResourceNotFound"
    assert refused(sagemaker.list_model_card_versions, ModelCardName="one") == "ResourceNotFound"


def test_an_export_job_writes_a_pdf_or_says_why_not(simulator: RunningSimulator):
    sagemaker, s3 = simulator.client("sagemaker"), simulator.client("s3")
    card(sagemaker)
    s3.create_bucket(Bucket="cards")

    def exported(job: str, path: str) -> Any:
        arn = sagemaker.create_model_card_export_job(
            ModelCardName="abalone", ModelCardExportJobName=job, OutputConfig={"S3OutputPath": path}
        )["ModelCardExportJobArn"]
        return sagemaker.describe_model_card_export_job(ModelCardExportJobArn=arn)

    done = exported("first", "s3://cards/out")
    assert done["Status"] == "Completed"
    bucket, key = done["ExportArtifacts"]["S3ExportArtifacts"].removeprefix("s3://").split("/", 1)
    body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    assert body.startswith(b"%PDF-1.")
    assert rb"purpose of model: rings \(of abalone\)" in body
    failed = exported("second", "s3://absent/out")
    assert (failed["Status"], "NoSuchBucket" in failed["FailureReason"]) == ("Failed", True)
    jobs = sagemaker.list_model_card_export_jobs(ModelCardName="abalone", StatusEquals="Failed")
    assert [each["ModelCardExportJobName"] for each in jobs["ModelCardExportJobSummaries"]] == ["second"]


@pytest.mark.parametrize(
    ("content", "mistake"),
    [
        ("[", "not valid JSON"),
        ("[]", "the content must be an object"),
        ('{"model_overvew": {}}', "unknown property model_overvew"),
        ('{"model_overview": {"model_version": "one"}}', "model_overview.model_version must be a number"),
        ('{"intended_uses": {"risk_rating": "Huge"}}', "must be one of High, Medium, Low, Unknown"),
        ('{"business_details": {"business_problem": "' + "x" * 2049 + '"}}', "longer than 2048"),
        ('{"evaluation_details": {}}', "evaluation_details must be a list"),
        ('{"evaluation_details": [{"datasets": [1]}]}', "evaluation_details[0].datasets[0] must be a text"),
        ('{"additional_information": {"custom_details": {"a": 1}}}', "must be an object of texts"),
    ],
)
def test_content_that_breaks_the_schema_is_refused_with_its_place(content, mistake):
    with pytest.raises(CallerError, match=re.escape(mistake)):
        check(content)


def test_a_long_card_has_pages_and_the_same_card_is_the_same_bytes():
    notes = {"notes": [f"line {number} <of> Łódź" for number in range(200)]}
    document = pdf("title", notes)
    assert b"/Count 4" in document
    assert b"- line 199 <" in document
    assert rb"> ?\363d?" in document
    assert pdf("title", notes) == document


@pytest.mark.filterwarnings("ignore")  # the SDK's own
def test_the_sdks_card_is_made_of_a_package_carried_over_updated_and_exported(simulator: RunningSimulator):
    from sagemaker.model_card import BusinessDetails, IntendedUses, ModelCard, ModelPackage

    sdk, sagemaker = session(simulator), simulator.client("sagemaker")
    simulator.client("s3").create_bucket(Bucket="cards")
    sagemaker.create_model_package_group(ModelPackageGroupName="abalone")
    specification = {"Containers": [{"Image": "i", "ModelDataUrl": "s3://models/m.tar.gz"}]}
    arns = [
        sagemaker.create_model_package(ModelPackageGroupName="abalone", InferenceSpecification=specification)[
            "ModelPackageArn"
        ]
        for _ in range(2)
    ]
    packages = [ModelPackage.from_model_package_arn(arn, sagemaker_session=sdk) for arn in arns]
    first = ModelCard(
        name="first", model_package_details=packages[0], sagemaker_session=sdk,
        business_details=BusinessDetails(business_problem="rings"),
        intended_uses=IntendedUses(purpose_of_model="count"),
    )  # fmt: skip
    first.create()
    second = ModelCard(name="second", model_package_details=packages[1], sagemaker_session=sdk)
    assert second.business_details.business_problem == "rings"
    first.update(intended_uses=IntendedUses(purpose_of_model="count better"))
    assert len(first.get_version_history()) == 2
    loaded = ModelCard.load("first", sagemaker_session=sdk)
    assert loaded.intended_uses.purpose_of_model == "count better"
    uri = first.export_pdf(s3_output_path="s3://cards/out", export_job_name="pdf", model_card_version=2)
    assert uri.endswith(".pdf")
    first.delete()
