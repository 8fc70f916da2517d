"""Condition operators, set operators, missing keys and policy variables, as a table."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.aws.iam.conditions import hold, is_operator
from simulator.aws.iam.statements import Condition
from simulator.aws.iam.variables import context

REQUEST: dict[str, Any] = {
    "aws:username": "ada",
    "aws:PrincipalArn": "arn:aws:iam::111111111111:role/team/deploy",
    "aws:SourceIp": "10.1.2.3",
    "aws:CurrentTime": "2026-03-01T10:00:00Z",
    "aws:EpochTime": 1772359200,
    "aws:SecureTransport": True,
    "aws:MultiFactorAuthAge": 300,
    "aws:TagKeys": ("team", "stage"),
    "s3:prefix": "ada/data",
    "aws:RequestTag/empty": (),
}


@pytest.mark.parametrize(
    ("operator", "key", "values", "expected"),
    [
        ("StringEquals", "aws:username", ("bob", "ada"), True),
        ("StringEquals", "AWS:UserName", ("ada",), True),
        ("StringEquals", "aws:username", ("a*",), False),
        ("StringNotEquals", "aws:username", ("bob",), True),
        ("StringNotEquals", "aws:username", ("bob", "ada"), False),
        ("StringEqualsIgnoreCase", "aws:username", ("ADA",), True),
        ("StringNotEqualsIgnoreCase", "aws:username", ("ADA",), False),
        ("StringLike", "s3:prefix", ("ada/*",), True),
        ("StringLike", "s3:prefix", ("${aws:username}/*",), True),
        ("StringLike", "s3:prefix", ("${aws:absent, 'ada'}/*",), True),
        ("StringLike", "s3:prefix", ("${aws:absent}*",), False),
        ("StringEquals", "s3:prefix", ("ada${*}",), False),
        ("StringNotLike", "s3:prefix", ("ada/*",), False),
        ("ArnLike", "aws:PrincipalArn", ("arn:aws:iam::*:role/team/*",), True),
        ("ArnEquals", "aws:PrincipalArn", ("arn:aws:iam::*:role/*",), True),
        ("ArnLike", "aws:PrincipalArn", ("arn:aws:*:role/team/deploy",), False),
        ("ArnNotLike", "aws:PrincipalArn", ("arn:aws:iam::111111111111:role/*",), False),
        ("NumericLessThan", "aws:MultiFactorAuthAge", ("301",), True),
        ("NumericGreaterThanEquals", "aws:MultiFactorAuthAge", ("300",), True),
        ("NumericEquals", "aws:MultiFactorAuthAge", ("300.0",), True),
        ("NumericNotEquals", "aws:MultiFactorAuthAge", ("300",), False),
        ("NumericLessThan", "aws:username", ("5",), False),
        ("DateGreaterThan", "aws:CurrentTime", ("2026-03-01T09:59:59Z",), True),
        ("DateLessThan", "aws:CurrentTime", ("2026-03-01",), False),
        ("DateEquals", "aws:EpochTime", ("2026-03-01T10:00:00Z",), True),
        ("Bool", "aws:SecureTransport", ("true",), True),
        ("Bool", "aws:SecureTransport", ("false",), False),
        ("IpAddress", "aws:SourceIp", ("10.1.0.0/16",), True),
        ("IpAddress", "aws:SourceIp", ("10.1.2.3",), True),
        ("NotIpAddress", "aws:SourceIp", ("10.1.0.0/16",), False),
        ("Null", "aws:absent", ("true",), True),
        ("Null", "aws:username", ("true",), False),
        ("Null", "aws:username", ("false",), True),
        ("StringEquals", "aws:absent", ("x",), False),
        ("StringNotEquals", "aws:absent", ("x",), True),
        ("StringEqualsIfExists", "aws:absent", ("x",), True),
        ("StringEqualsIfExists", "aws:username", ("x",), False),
        ("ForAnyValue:StringEquals", "aws:TagKeys", ("team",), True),
        ("ForAnyValue:StringEquals", "aws:TagKeys", ("other",), False),
        ("ForAnyValue:StringEquals", "aws:absent", ("x",), False),
        ("ForAnyValue:StringNotEquals", "aws:TagKeys", ("team",), True),
        ("ForAnyValue:StringNotEquals", "aws:absent", ("x",), False),
        ("ForAllValues:StringEquals", "aws:TagKeys", ("team", "stage", "cost"), True),
        ("ForAllValues:StringEquals", "aws:TagKeys", ("team",), False),
        ("ForAllValues:StringEquals", "aws:absent", ("x",), True),
        ("ForAllValues:StringLike", "aws:RequestTag/empty", ("x",), True),
        ("ForAllValues:StringNotLike", "aws:TagKeys", ("t*",), False),
    ],
)
def test_a_condition_holds_or_not(operator: str, key: str, values: tuple[str, ...], expected: bool) -> None:
    assert hold((Condition(operator, key, values),), context(REQUEST)) is expected


def test_all_conditions_must_hold() -> None:
    true = Condition("StringEquals", "aws:username", ("ada",))
    false = Condition("StringEquals", "aws:username", ("bob",))
    assert hold((true, true), context(REQUEST))
    assert not hold((true, false), context(REQUEST))


def test_the_old_version_has_no_variables() -> None:
    condition = Condition("StringLike", "s3:prefix", ("${aws:username}/*",))
    assert not hold((condition,), context(REQUEST), "2008-10-17")


@pytest.mark.parametrize("name", ["StringMatches", "stringequals", "ForAll:StringEquals", "NullIfExists"])
def test_an_unknown_operator_is_known_to_be_unknown(name: str) -> None:
    assert not is_operator(name)
