"""Policy documents: what AWS takes, and its text for what it does not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.aws.iam.documents import PolicyKind, parse_policy
from simulator.aws.iam.statements import PrincipalSet
from simulator.kernel.errors import CallerError

_GOOD = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
_TRUST = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "sagemaker.amazonaws.com"}}


def _document(*statements: Any, version: str = "2012-10-17") -> str:
    return json.dumps({"Version": version, "Statement": list(statements)})


def _without(statement: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in statement.items() if name != key}


@pytest.mark.parametrize(
    ("document", "kind", "text"),
    [
        ("not json", PolicyKind.IDENTITY, "Syntax errors in policy."),
        ("[]", PolicyKind.IDENTITY, "Syntax errors in policy."),
        (_document(), PolicyKind.IDENTITY, "Syntax errors in policy."),
        (_document({**_GOOD, "Effect": "allow"}), PolicyKind.IDENTITY, "Syntax errors in policy."),
        (_document({**_GOOD, "Actions": "*"}), PolicyKind.IDENTITY, "Syntax errors in policy."),
        (_document({**_GOOD, "NotAction": "s3:*"}), PolicyKind.IDENTITY, "Syntax errors in policy."),
        (
            _document(_GOOD, version="2008-10-17"),
            PolicyKind.IDENTITY,
            "Policy document must be version 2012-10-17 or greater.",
        ),
        (_document(_without(_GOOD, "Action")), PolicyKind.IDENTITY, "Policy statement must contain actions."),
        (
            _document(_without(_GOOD, "Resource")),
            PolicyKind.IDENTITY,
            "Policy statement must contain resources.",
        ),
        (
            _document({**_GOOD, "Principal": "*"}),
            PolicyKind.IDENTITY,
            "Policy document should not specify a principal.",
        ),
        (
            _document({**_GOOD, "Action": "GetObject"}),
            PolicyKind.IDENTITY,
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
        ),
        (
            _document({**_GOOD, "Resource": "bucket"}),
            PolicyKind.IDENTITY,
            'Resource bucket must be in ARN format or "*".',
        ),
        (
            _document({**_GOOD, "Sid": "a"}, {**_GOOD, "Sid": "a"}),
            PolicyKind.IDENTITY,
            "Statement IDs (SID) in a single policy must be unique.",
        ),
        (
            _document({**_GOOD, "Condition": {"StringIs": {"a:b": "c"}}}),
            PolicyKind.IDENTITY,
            "Invalid Condition type : StringIs.",
        ),
        (_document({**_TRUST, "Resource": "*"}), PolicyKind.TRUST, "Has prohibited field Resource"),
        (_document(_without(_TRUST, "Principal")), PolicyKind.TRUST, "Missing required field Principal"),
        (
            _document({**_TRUST, "Action": "s3:GetObject"}),
            PolicyKind.TRUST,
            "AssumeRole policy may only specify STS AssumeRole actions.",
        ),
        (
            _document({**_TRUST, "Principal": {"AWS": "arn:aws:iam::111111111111:role/*"}}),
            PolicyKind.TRUST,
            'Invalid principal in policy: "AWS":"arn:aws:iam::111111111111:role/*"',
        ),
    ],
)
def test_a_malformed_document_is_refused_with_the_text_of_aws(
    document: str, kind: PolicyKind, text: str
) -> None:
    with pytest.raises(CallerError) as caught:
        parse_policy(document, kind)
    assert (caught.value.code, caught.value.message, caught.value.status) == (
        "MalformedPolicyDocument",
        text,
        400,
    )


def test_single_values_and_lists_are_the_same() -> None:
    one = parse_policy({"Version": "2012-10-17", "Statement": _GOOD}, PolicyKind.IDENTITY)
    many = parse_policy(
        _document({**_GOOD, "Action": ["s3:GetObject"], "Resource": ["*"]}), PolicyKind.IDENTITY
    )
    assert one == many


def test_a_star_principal_is_everyone_in_both_of_its_forms() -> None:
    for principal in ("*", {"AWS": "*"}):
        statement = parse_policy(_document({**_TRUST, "Principal": principal}), PolicyKind.TRUST).statements[
            0
        ]
        assert statement.principals == PrincipalSet(everyone=True)


def test_a_condition_value_may_be_a_boolean_or_a_number() -> None:
    block = {"Bool": {"aws:SecureTransport": False}, "NumericLessThan": {"a:b": 5}}
    statement = parse_policy(_document({**_GOOD, "Condition": block}), PolicyKind.IDENTITY).statements[0]
    assert [condition.values for condition in statement.conditions] == [("false",), ("5",)]
