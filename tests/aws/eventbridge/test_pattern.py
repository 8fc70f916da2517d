"""The event-pattern language: what matches, and the reasons for which a pattern is refused, as tables."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.aws.eventbridge.pattern import compile_pattern
from simulator.kernel.errors import CallerError

EVENT: dict[str, Any] = {
    "version": "0",
    "id": "6f0c",
    "detail-type": "SageMaker Model Package State Change",
    "source": "aws.sagemaker",
    "account": "222222222222",
    "time": "2026-03-01T10:00:00Z",
    "region": "us-east-1",
    "resources": ["arn:aws:sagemaker:us-east-1:222222222222:model-package/abalone/3"],
    "detail": {
        "ModelApprovalStatus": "Approved",
        "ModelPackageVersion": 3,
        "ModelPackageGroupName": "abalone",
        "UpdatedModelPackageFields": ["ModelApprovalStatus", "ApprovalDescription"],
        "CertifyForMarketplace": False,
        "ApprovalDescription": None,
        "Score": 0.5,
        "Empty": "",
        "Nothing": [],
        "File": "s3://models/abalone/v3/model.TAR.gz",
        "Address": "10.0.0.77",
        "Star": "a*b",
        "Containers": [{"Image": "xgboost", "Tag": "1"}, {"Image": "sklearn", "Tag": "2"}],
    },
}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ({"source": ["aws.sagemaker"]}, True),
        ({"source": ["aws.s3", "aws.sagemaker"], "account": ["222222222222"]}, True),
        ({"source": ["aws.sagemaker"], "account": ["1"]}, False),
        ({"detail": {"ModelPackageVersion": [3]}}, True),
        ({"detail": {"ModelPackageVersion": [3.0]}}, True),
        ({"detail": {"ModelPackageVersion": ["3"]}}, False),
        ({"detail": {"CertifyForMarketplace": [False]}}, True),
        ({"detail": {"CertifyForMarketplace": [0]}}, False),
        ({"detail": {"ApprovalDescription": [None]}}, True),
        ({"detail": {"Empty": [""]}}, True),
        ({"detail": {"UpdatedModelPackageFields": ["ModelApprovalStatus"]}}, True),
        ({"detail": {"UpdatedModelPackageFields": ["InferenceSpecification"]}}, False),
        ({"detail": {"File": [{"prefix": "s3://models/"}]}}, True),
        ({"detail": {"File": [{"prefix": "S3://"}]}}, False),
        ({"detail": {"File": [{"prefix": {"equals-ignore-case": "S3://"}}]}}, True),
        ({"detail": {"File": [{"suffix": ".gz"}]}}, True),
        ({"detail": {"File": [{"suffix": {"equals-ignore-case": ".tar.gz"}}]}}, True),
        ({"detail": {"ModelApprovalStatus": [{"equals-ignore-case": "APPROVED"}]}}, True),
        ({"detail": {"File": [{"wildcard": "s3://*/abalone/*/model*"}]}}, True),
        ({"detail": {"File": [{"wildcard": "*/abalone"}]}}, False),
        ({"detail": {"Star": [{"wildcard": "a\\*b"}]}}, True),
        ({"detail": {"ModelApprovalStatus": [{"anything-but": "Rejected"}]}}, True),
        ({"detail": {"ModelApprovalStatus": [{"anything-but": ["Approved", "Rejected"]}]}}, False),
        ({"detail": {"ModelPackageVersion": [{"anything-but": [1, 2]}]}}, True),
        ({"detail": {"ModelPackageVersion": [{"anything-but": 3}]}}, False),
        ({"detail": {"File": [{"anything-but": {"prefix": "s3://"}}]}}, False),
        ({"detail": {"File": [{"anything-but": {"prefix": ["http://", "ftp://"]}}]}}, True),
        ({"detail": {"File": [{"anything-but": {"suffix": ".gz"}}]}}, False),
        ({"detail": {"ModelApprovalStatus": [{"anything-but": {"equals-ignore-case": "approved"}}]}}, False),
        ({"detail": {"ModelApprovalStatus": [{"anything-but": {"equals-ignore-case": ["a", "b"]}}]}}, True),
        ({"detail": {"File": [{"anything-but": {"wildcard": "*/abalone/*"}}]}}, False),
        ({"detail": {"UpdatedModelPackageFields": [{"anything-but": "ModelApprovalStatus"}]}}, True),
        ({"detail": {"Absent": [{"anything-but": "x"}]}}, False),
        ({"detail": {"Score": [{"numeric": [">", 0, "<=", 0.5]}]}}, True),
        ({"detail": {"Score": [{"numeric": ["<", 0.5]}]}}, False),
        ({"detail": {"Score": [{"numeric": ["=", 5e-1]}]}}, True),
        ({"detail": {"Score": [{"numeric": [">=", 0.5]}]}}, True),
        ({"detail": {"File": [{"numeric": [">", 0]}]}}, False),
        ({"detail": {"Address": [{"cidr": "10.0.0.0/24"}]}}, True),
        ({"detail": {"Address": [{"cidr": "10.0.1.0/24"}]}}, False),
        ({"detail": {"File": [{"cidr": "10.0.1.0/24"}]}}, False),
        ({"detail": {"ApprovalDescription": [{"exists": True}]}}, True),
        ({"detail": {"Absent": [{"exists": True}]}}, False),
        ({"detail": {"Absent": [{"exists": False}]}}, True),
        ({"detail": {"Score": [{"exists": False}]}}, False),
        ({"detail": {"Nothing": [{"exists": False}]}}, True),
        ({"detail": [{"exists": True}]}, False),
        ({"detail": {"Score": [{"exists": False}, 0.5]}}, True),
        ({"detail": {"Containers": {"Image": ["xgboost"], "Tag": ["1"]}}}, True),
        ({"detail": {"Containers": {"Image": ["xgboost"], "Tag": ["2"]}}}, False),
        ({"detail": {"Containers": {"Image": ["sklearn"]}}}, True),
        ({"$or": [{"source": ["a"]}, {"account": ["222222222222"]}]}, True),
        ({"$or": [{"source": ["a"]}, {"account": ["b"]}]}, False),
        (
            {"source": ["aws.sagemaker"], "$or": [{"detail": {"Score": [9]}}, {"detail": {"Empty": [""]}}]},
            True,
        ),
        ({"source": ["no"], "$or": [{"detail": {"Score": [0.5]}}, {"detail": {"Empty": [""]}}]}, False),
        ({"detail": {"$or": [{"Score": [9]}, {"$or": [{"Empty": ["x"]}, {"Star": ["a*b"]}]}]}}, True),
        ({"detail": {"ModelPackageGroupName": [{"prefix": "x"}, {"suffix": "one"}]}}, True),
    ],
)
def test_an_event_matches_or_not(pattern: dict[str, Any], expected: bool) -> None:
    assert compile_pattern(json.dumps(pattern)).matches(EVENT) is expected


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("{", "Invalid JSON"),
        ("[]", "Filter is not an object"),
        ("{}", "Empty objects are not allowed"),
        ('{"source": "aws.s3"}', '"source" must be an object or an array'),
        ('{"source": []}', "Empty arrays are not allowed"),
        ('{"detail": {}}', "Empty objects are not allowed"),
        ('{"source": [["a"]]}', "Match value must be String, number, true, false, or null"),
        ('{"source": [{"starts": "a"}]}', "Unrecognized match type starts"),
        ('{"source": [{}]}', "Match expression name not found"),
        ('{"source": [{"prefix": "a", "suffix": "b"}]}', "Only one key allowed in match expression"),
        ('{"source": [{"prefix": 1}]}', "prefix match pattern must be a string"),
        ('{"source": [{"exists": "yes"}]}', "exists match pattern must be either true or false."),
        ('{"source": [{"numeric": 5}]}', "Value of numeric must be an array."),
        ('{"source": [{"numeric": ["~", 5]}]}', "Unrecognized numeric range operator: ~"),
        ('{"source": [{"numeric": ["=", "5"]}]}', "Value of equals must be numeric"),
        ('{"source": [{"numeric": ["<", 5, ">", 1]}]}', "Too many elements in numeric expression"),
        ('{"source": [{"numeric": [">", 5, ">", 1]}]}', "Bad numeric range operator: >"),
        ('{"source": [{"numeric": [">", 5, "<", 1]}]}', "Bottom must be less than top"),
        ('{"source": [{"numeric": [">", 5, "<", 9, 1]}]}', "Too many terms in numeric range expression"),
        ('{"source": [{"wildcard": "a**"}]}', "Consecutive wildcard characters at pos 2"),
        ('{"source": [{"wildcard": "a\\\\b"}]}', "Invalid escape character at pos 2"),
        (
            '{"source": [{"anything-but": ["a", 1]}]}',
            "Inside anything but list, either all values are number or string, mixed type is not supported",
        ),
        (
            '{"source": [{"anything-but": [true]}]}',
            "Inside anything but list, start|null|boolean is not supported.",
        ),
        (
            '{"source": [{"anything-but": true}]}',
            "Value of anything-but must be an array or single string/number value.",
        ),
        ('{"source": [{"anything-but": {"numeric": 1}}]}', "Unsupported anything-but pattern: numeric"),
        ('{"source": [{"anything-but": {"prefix": ""}}]}', "Null prefix/suffix not allowed"),
        ('{"$or": [{"source": ["a"]}]}', "There must have at least 2 Objects in $or relationship."),
        ('{"$or": {"source": ["a"]}}', "It must be an Array followed with $or."),
        ('{"$or": ["a", "b"]}', "Only JSON object is allowed in array of $or relationship."),
        (
            '{"$or": [{"prefix": ["a"]}, {"source": ["b"]}]}',
            "prefix is Ruler reserved fieldName which cannot be used inside $or.",
        ),
    ],
)
def test_an_invalid_pattern_is_refused_with_its_reason(pattern: str, reason: str) -> None:
    with pytest.raises(CallerError) as caught:
        compile_pattern(pattern)
    assert caught.value.code == "InvalidEventPatternException"
    assert caught.value.message == f"Event pattern is not valid. Reason: {reason}"
