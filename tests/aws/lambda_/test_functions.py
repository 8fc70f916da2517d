"""Functions are created, changed, versioned, named by aliases and deleted, over the wire, with AWS's own refusals."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from tests.aws.lambda_.functions import ACCOUNT, create, role, zipped
from tests.wire import RunningSimulator

ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f"


def refusal(act: Callable[[], object]) -> tuple[str, str]:
    """The code and the text with which a call is refused."""
    with pytest.raises(ClientError) as caught:
        act()
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_a_new_function_is_pending_and_its_waiter_finds_it_active(simulator: RunningSimulator) -> None:
    body, client = zipped(), simulator.client("lambda")
    made = create(simulator, Code={"ZipFile": body}, Timeout=7, MemorySize=256, Tags={"team": "ml"})
    assert (made["State"], made["StateReasonCode"]) == ("Pending", "Creating")
    client.get_waiter("function_active_v2").wait(FunctionName="f", WaiterConfig={"MaxAttempts": 1})
    found = client.get_function(FunctionName="f")
    assert found["Configuration"] | {"LastModified": "", "RevisionId": ""} == found["Configuration"] | {
        "FunctionName": "f",
        "FunctionArn": ARN,
        "State": "Active",
        "LastUpdateStatus": "Successful",
        "Version": "$LATEST",
        "Timeout": 7,
        "MemorySize": 256,
        "CodeSize": len(body),
        "CodeSha256": base64.b64encode(hashlib.sha256(body).digest()).decode(),
        "PackageType": "Zip",
        "LastModified": "",
        "RevisionId": "",
    }
    assert found["Tags"] == {"team": "ml"}


def test_the_location_of_the_code_gives_the_archive_and_no_other_signature_does(
    simulator: RunningSimulator,
) -> None:
    body = zipped()
    create(simulator, Code={"ZipFile": body})
    location = simulator.client("lambda").get_function(FunctionName="f")["Code"]["Location"]
    assert httpx.get(location).content == body
    assert httpx.get(f"{location[:-4]}0000").status_code == 403
    assert httpx.put(location, content=b"x").status_code == 403


def test_code_comes_from_s3_as_the_caller(simulator: RunningSimulator) -> None:
    s3, body = simulator.client("s3"), zipped({"app.py": "handler = print\n"})
    s3.create_bucket(Bucket="packages")
    s3.put_object(Bucket="packages", Key="f.zip", Body=body)
    made = create(simulator, Code={"S3Bucket": "packages", "S3Key": "f.zip"})
    assert made["CodeSize"] == len(body)
    code, text = refusal(lambda: create(simulator, "g", Code={"S3Bucket": "packages", "S3Key": "no.zip"}))
    assert code == "InvalidParameterValueException"
    assert text == (
        "Error occurred while GetObject. S3 Error Code: NoSuchKey. "
        "S3 Error Message: The specified key does not exist."
    )


def test_a_name_is_taken_once(simulator: RunningSimulator) -> None:
    create(simulator)
    again = refusal(lambda: create(simulator, Role=role(simulator)))
    assert again == ("ResourceConflictException", "Function already exist: f")


def test_a_role_that_does_not_trust_lambda_is_refused(simulator: RunningSimulator) -> None:
    other = f"arn:aws:iam::{ACCOUNT}:role/SageMakerExecutionRole"
    for each in (other, f"arn:aws:iam::{ACCOUNT}:role/nobody"):
        code, text = refusal(partial(create, simulator, Role=each))
        assert code == "InvalidParameterValueException"
        assert text == "The role defined for the function cannot be assumed by Lambda."


def test_what_cannot_run_is_refused_by_name(simulator: RunningSimulator) -> None:
    execution = role(simulator)
    cases: tuple[tuple[dict[str, Any], str], ...] = (
        ({"Runtime": "nodejs22.x"}, "the Lambda runtime nodejs22.x is not simulated"),
        ({"PackageType": "Image", "Code": {"ImageUri": "i"}}, "PackageType Image"),
    )
    for settings, named in cases:
        code, text = refusal(partial(create, simulator, Role=execution, **settings))
        assert (code, named in text) == ("NotSimulated", True)
    code, text = refusal(
        lambda: simulator.client("lambda").create_function_url_config(FunctionName="f", AuthType="NONE")
    )
    assert (code, "lambda:CreateFunctionUrlConfig" in text) == ("NotSimulated", True)


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"Code": {"ZipFile": b"no zip"}}, "Could not unzip uploaded file. Please check your file, then try"),
        ({"Runtime": "python3.8"}, "The runtime parameter of python3.8 is no longer supported"),
        (
            {"Timeout": 901},
            "1 validation error detected: Value '901' at 'timeout' failed to satisfy constraint",
        ),
        (
            {"Environment": {"Variables": {"AWS_REGION": "x"}}},
            "Reserved keys used in this request: AWS_REGION",
        ),
        ({"Layers": [f"arn:aws:lambda:us-east-1:{ACCOUNT}:layer:no:1"]}, "layer:no:1 does not exist."),
    ],
)
def test_what_aws_refuses_is_refused_in_its_words(
    simulator: RunningSimulator, settings: dict[str, Any], text: str
) -> None:
    assert text in refusal(lambda: create(simulator, **settings))[1]


def test_an_unknown_function_is_named_by_its_arn(simulator: RunningSimulator) -> None:
    client = simulator.client("lambda")
    expected = ("ResourceNotFoundException", f"Function not found: {ARN}")
    assert refusal(lambda: client.get_function(FunctionName="f")) == expected
    assert refusal(lambda: client.invoke(FunctionName="f")) == expected
    assert refusal(lambda: client.delete_function(FunctionName=f"{ACCOUNT}:function:f")) == expected


def test_an_update_changes_what_it_names_and_its_waiter_finds_it_done(simulator: RunningSimulator) -> None:
    client, made = simulator.client("lambda"), create(simulator, Description="first")
    changed = client.update_function_configuration(FunctionName="f", Timeout=9)
    assert (changed["LastUpdateStatus"], changed["Timeout"]) == ("InProgress", 9)
    client.get_waiter("function_updated").wait(FunctionName="f", WaiterConfig={"MaxAttempts": 1})
    updated = client.update_function_code(FunctionName="f", ZipFile=zipped({"app.py": "x = 1\n"}))
    assert updated["CodeSha256"] != made["CodeSha256"]
    found = client.get_function_configuration(FunctionName="f")
    assert (found["Description"], found["Timeout"], found["LastUpdateStatus"]) == ("first", 9, "Successful")
    code, _ = refusal(
        lambda: client.update_function_code(FunctionName="f", ZipFile=zipped(), RevisionId=made["RevisionId"])
    )
    assert code == "PreconditionFailedException"


def test_versions_do_not_change_and_equal_ones_are_one(simulator: RunningSimulator) -> None:
    client = simulator.client("lambda")
    create(simulator)
    first = client.publish_version(FunctionName="f", Description="one")
    assert (first["Version"], first["FunctionArn"]) == ("1", f"{ARN}:1")
    assert client.publish_version(FunctionName="f")["Version"] == "1"
    client.update_function_configuration(FunctionName="f", Timeout=30)
    assert client.publish_version(FunctionName="f")["Version"] == "2"
    assert client.get_function_configuration(FunctionName="f:1")["Timeout"] == 3
    listed = client.list_versions_by_function(FunctionName="f")["Versions"]
    assert [each["Version"] for each in listed] == ["$LATEST", "1", "2"]
    assert (
        refusal(lambda: client.get_function(FunctionName="f", Qualifier="3"))[0]
        == "ResourceNotFoundException"
    )


def test_an_alias_names_a_version_and_holds_it(simulator: RunningSimulator) -> None:
    client = simulator.client("lambda")
    create(simulator, Publish=True)
    made = client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    assert made["AliasArn"] == f"{ARN}:live"
    assert client.get_function_configuration(FunctionName="f", Qualifier="live")["Version"] == "1"
    assert (
        refusal(lambda: client.delete_function(FunctionName="f", Qualifier="1"))[0]
        == "ResourceConflictException"
    )
    assert refusal(lambda: client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")) == (
        "ResourceConflictException",
        f"Alias already exists: {ARN}:live",
    )
    assert [each["Name"] for each in client.list_aliases(FunctionName="f")["Aliases"]] == ["live"]
    client.delete_alias(FunctionName="f", Name="live")
    assert refusal(lambda: client.get_alias(FunctionName="f", Name="live")) == (
        "ResourceNotFoundException",
        f"Cannot find alias arn: {ARN}:live",
    )


def test_lists_come_in_pages_of_the_account_and_region(simulator: RunningSimulator) -> None:
    execution = role(simulator)
    for name in ("c", "a", "b"):
        create(simulator, name, Role=execution)
    pages = (
        simulator.client("lambda").get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 2})
    )
    found = [[each["FunctionName"] for each in page["Functions"]] for page in pages]
    assert found == [["a", "b"], ["c"]]
    assert simulator.client("lambda", region="eu-west-1").list_functions()["Functions"] == []


def test_a_deleted_function_leaves_nothing(simulator: RunningSimulator) -> None:
    client = simulator.client("lambda")
    create(simulator, Publish=True)
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    client.delete_function(FunctionName="f")
    assert client.list_functions(FunctionVersion="ALL")["Functions"] == []
    create(simulator, Role=f"arn:aws:iam::{ACCOUNT}:role/role-of-f")
    assert client.list_aliases(FunctionName="f")["Aliases"] == []
    assert client.publish_version(FunctionName="f")["Version"] == "1"


def test_a_function_outlives_a_restart(tmp_path: Path) -> None:
    first = RunningSimulator(state=tmp_path / "state")
    try:
        made = create(first, Publish=True)
        first.client("lambda").create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    finally:
        first.stop()
    second = RunningSimulator(state=tmp_path / "state")
    try:
        client = second.client("lambda")
        client.get_waiter("function_active_v2").wait(FunctionName="f", WaiterConfig={"MaxAttempts": 1})
        found = client.get_function(FunctionName="f", Qualifier="live")
        assert found["Configuration"]["CodeSha256"] == made["CodeSha256"]
        assert httpx.get(found["Code"]["Location"]).content == zipped()
    finally:
        second.stop()
