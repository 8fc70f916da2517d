"""What a processing job may not ask for, each refused with its own words."""

from typing import Any

import pytest

from simulator.aws.sagemaker.processing.request import check, unanswered
from simulator.kernel.errors import CallerError, NotSimulated
from tests.aws.sagemaker.fake_cloud import processing_request


def an_input(name: str = "more", path: str = "/opt/ml/processing/more", **source: Any) -> dict[str, Any]:
    s3 = {"S3Uri": "s3://data/more", "LocalPath": path, "S3DataType": "S3Prefix", **source}
    return {"InputName": name, "S3Input": s3}


def an_output(name: str, path: str) -> dict[str, Any]:
    return {
        "OutputName": name,
        "S3Output": {"S3Uri": "s3://o/x", "LocalPath": path, "S3UploadMode": "EndOfJob"},
    }


ATHENA = {
    "LocalPath": "/opt/ml/processing/athena",
    "AthenaDatasetDefinition": {
        "Catalog": "c",
        "Database": "d",
        "QueryString": "SELECT 1",
        "OutputS3Uri": "s3://data/athena",
        "OutputFormat": "PARQUET",
    },
}
TAKEN = "/opt/ml/processing/input"


@pytest.mark.parametrize(
    ("extra", "text"),
    [
        (an_input("in"), "Duplicate input name: in"),
        (an_input(path=f"{TAKEN}/"), f"Duplicate LocalPath of an input: {TAKEN}"),
        (an_input(path="/opt/ml/model"), "LocalPath /opt/ml/model is not valid"),
        (an_input(path="/opt/ml/processing/../x"), "must start with /opt/ml/processing/"),
        (an_input(S3CompressionType="Gzip", S3InputMode="File"), "needs S3InputMode Pipe"),
        ({"InputName": "nothing"}, "exactly one of S3Input and DatasetDefinition"),
        (
            {"InputName": "none", "DatasetDefinition": {"LocalPath": "/opt/ml/processing/x"}},
            "exactly one of Athena",
        ),
    ],
)
def test_an_input_that_aws_refuses_is_refused(extra: dict[str, Any], text: str):
    request = processing_request()
    request["ProcessingInputs"].append(extra)
    with pytest.raises(CallerError, match=text):
        check(request)


@pytest.mark.parametrize(
    ("extra", "text"),
    [
        (an_output("train", "/opt/ml/processing/other"), "Duplicate output name: train"),
        (an_output("other", TAKEN), f"Output other has the LocalPath of an input: {TAKEN}"),
        ({"OutputName": "none"}, "exactly one of S3Output and FeatureStoreOutput"),
        (
            {"OutputName": "f", "FeatureStoreOutput": {"FeatureGroupName": "g"}},
            "only supported with AppManaged",
        ),
    ],
)
def test_an_output_that_aws_refuses_is_refused(extra: dict[str, Any], text: str):
    request = processing_request()
    request["ProcessingOutputConfig"]["Outputs"].append(extra)
    with pytest.raises(CallerError, match=text):
        check(request)


def test_what_aws_would_do_and_we_do_not_is_refused_by_name():
    request = processing_request()
    request["ProcessingInputs"].append(an_input(S3InputMode="Pipe"))
    with pytest.raises(NotSimulated, match="S3InputMode Pipe of input more"):
        check(request)


def test_a_query_that_the_platform_should_make_is_named():
    request = processing_request()
    request["ProcessingInputs"].append({"InputName": "q", "DatasetDefinition": ATHENA})
    check(request)
    assert unanswered(request).startswith("Athena of the DatasetDefinition (input q) is not simulated")


def test_what_the_program_manages_itself_is_let_through():
    request = processing_request()
    request["ProcessingInputs"].append({"InputName": "q", "AppManaged": True, "DatasetDefinition": ATHENA})
    request["ProcessingInputs"].append({**an_input("raw", path=""), "AppManaged": True})
    feature = {"OutputName": "f", "AppManaged": True, "FeatureStoreOutput": {"FeatureGroupName": "g"}}
    request["ProcessingOutputConfig"]["Outputs"].append(feature)
    check(request)
    assert unanswered(request) == ""
