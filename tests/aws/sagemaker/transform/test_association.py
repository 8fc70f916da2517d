"""The JSONPaths of DataProcessing and what they do to records, by the developer guide's own examples."""

from typing import Any

import pytest

from simulator.aws.sagemaker.transform import paths
from simulator.aws.sagemaker.transform.association import Association, NotAssociable
from simulator.aws.sagemaker.transform.request import check
from simulator.kernel.errors import CallerError

ROW = ["id", "1", "2", "3", "4", "0.9"]
RECORD = {"id": 7, "features": [1, 2], "field": {"a": 1, "b": 2}}


@pytest.mark.parametrize(
    ("path", "value", "found"),
    [
        ("$", ROW, ROW),
        ("$[1]", ROW, "1"),
        ("$[-1]", ROW, "0.9"),
        ("$[1:]", ROW, ROW[1:]),
        ("$[:5]", ROW, ROW[:5]),
        ("$[2:5]", ROW, ROW[2:5]),
        ("$[1,3,5]", ROW, ["1", "3", "0.9"]),
        ("$[0,-1]", ROW, ["id", "0.9"]),
        ("$[0,4:]", ROW, ["id", "4", "0.9"]),
        ("$.id", RECORD, 7),
        ("$['id']", RECORD, 7),
        ("$.features[0]", RECORD, 1),
        ("$['id','features']", RECORD, {"id": 7, "features": [1, 2]}),
        ("$.field.['a','b']", RECORD, {"a": 1, "b": 2}),
        ("$.field.*", RECORD, [1, 2]),
        ("$.features[*]", RECORD, [1, 2]),
    ],
)
def test_a_path_selects(path: str, value: Any, found: Any):
    assert paths.select(value, paths.parse(path)) == found


@pytest.mark.parametrize("path", ["id", "$.", "$[", "$..id", "$[?(@.a)]", "$['a'", "$[1:2:3]"])
def test_what_is_not_in_the_subset_is_no_path(path: str):
    with pytest.raises(paths.InvalidPath):
        paths.parse(path)


@pytest.mark.parametrize("path", ["$[9]", "$[-7]", "$.id"])
def test_what_a_record_does_not_have_is_an_error(path: str):
    with pytest.raises(paths.NotThere):
        paths.select(ROW, paths.parse(path))


def asked(content_type: str, split: str = "Line", **processing: str) -> dict[str, Any]:
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://data/x"}}
    return {
        "TransformInput": {"DataSource": source, "ContentType": content_type, "SplitType": split},
        "TransformOutput": {"S3OutputPath": "s3://out/x", "Accept": content_type, "AssembleWith": split},
        "DataProcessing": processing,
    }


def answered(params: dict[str, Any], batch: list[bytes], answer: bytes) -> list[bytes]:
    return Association.of(params).answered(batch, answer, [("", "")] * len(batch))


def test_an_object_gets_its_answer_as_an_attribute():
    joined = answered(asked("application/json", "None", JoinSource="Input"), [b'{"key":1}'], b'{"label":1}')
    assert joined == [b'{"key":1,"SageMakerOutput":{"label":1}}']


def test_what_is_no_object_becomes_one():
    joined = answered(asked("application/jsonlines", JoinSource="Input"), [b"[1,2]"], b"0.5\n")
    assert joined == [b'{"SageMakerInput":[1,2],"SageMakerOutput":0.5}']


def test_a_row_is_followed_by_its_answer():
    assert answered(asked("text/csv", JoinSource="Input"), [b"1,2,3", b"4,5,6"], b"1\n0\n") == [
        b"1,2,3,1",
        b"4,5,6,0",
    ]


def test_another_number_of_answers_than_records_is_an_error():
    with pytest.raises(NotAssociable, match="2 records were answered by 1"):
        answered(asked("text/csv", JoinSource="Input"), [b"1", b"2"], b"1,0\n")


def test_answers_pass_as_they_are_where_nothing_is_asked_of_them():
    assert answered(asked("image/png"), [b"1"], b"\x89PNG\n\n") == [b"\x89PNG\n\n"]


@pytest.mark.parametrize(
    ("params", "text"),
    [
        (asked("image/png", JoinSource="Input"), "needs ContentType to be one of"),
        (asked("text/csv", "None", InputFilter="$[1:]"), "SplitType Line and AssembleWith Line"),
        (asked("text/csv", OutputFilter="$[?(@)]"), "unsupported JSONPath"),
        (
            {**asked("text/csv"), "MaxConcurrentTransforms": 20, "MaxPayloadInMB": 6},
            "must not exceed 100 MB",
        ),
    ],
)
def test_what_cannot_be_associated_is_refused_at_once(params: dict[str, Any], text: str):
    with pytest.raises(CallerError, match=text):
        check(params)
