"""The policy evaluator, as a table: who is allowed what by which policies, and AWS's words when not."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.aws.iam.decision import PolicyType, denial
from simulator.aws.iam.documents import PolicyKind, parse_policy
from simulator.aws.iam.evaluate import AccessRequest, PolicySet, evaluate
from simulator.aws.iam.principals import Caller
from simulator.aws.iam.statements import PolicyDocument
from simulator.aws.iam.variables import context

DEV, PROD = "111111111111", "444444444444"
ADA = Caller(f"arn:aws:iam::{DEV}:user/ada", DEV)
ROOT = Caller(f"arn:aws:iam::{DEV}:root", DEV)
SESSION = Caller(f"arn:aws:sts::{DEV}:assumed-role/deploy/run-1", DEV, f"arn:aws:iam::{DEV}:role/team/deploy")
EVENTS = Caller("events.amazonaws.com", DEV)
OBJECT = "arn:aws:s3:::bucket/data/train.csv"


def _statement(
    effect: str, action: str = "s3:GetObject", resource: str = OBJECT, **more: Any
) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def _identity(*statements: dict[str, Any]) -> PolicyDocument:
    return parse_policy({"Version": "2012-10-17", "Statement": list(statements)}, PolicyKind.IDENTITY)


def _resource(*statements: dict[str, Any]) -> PolicyDocument:
    return parse_policy({"Version": "2012-10-17", "Statement": list(statements)}, PolicyKind.RESOURCE)


def _trust(principal: Any, effect: str = "Allow", **more: Any) -> PolicyDocument:
    statement = {"Effect": effect, "Action": "sts:AssumeRole", "Principal": principal, **more}
    return parse_policy({"Version": "2012-10-17", "Statement": [statement]}, PolicyKind.TRUST)


def _get(caller: Caller = ADA, account: str = DEV, keys: dict[str, Any] | None = None) -> AccessRequest:
    return AccessRequest(caller, "s3:GetObject", OBJECT, account, context(keys or {}))


def _aws(*names: str) -> dict[str, Any]:
    return {"Principal": {"AWS": list(names)}}


ALLOW = _identity(_statement("Allow"))
ALLOW_ALL = _identity(_statement("Allow", "*", "*"))
NOTHING = PolicySet()


@pytest.mark.parametrize(
    ("what", "request_", "policies", "allowed", "by"),
    [
        ("no policy", _get(), NOTHING, False, PolicyType.IDENTITY),
        ("identity allows", _get(), PolicySet((ALLOW,)), True, PolicyType.IDENTITY),
        ("the root needs none", _get(ROOT), NOTHING, True, PolicyType.IDENTITY),
        (
            "explicit deny is stronger",
            _get(),
            PolicySet((ALLOW_ALL, _identity(_statement("Deny", "s3:*", "*")))),
            False,
            PolicyType.IDENTITY,
        ),
        (
            "a bucket policy alone suffices for a user of its account",
            _get(),
            PolicySet(resource=_resource(_statement("Allow", **_aws(ADA.arn)))),
            True,
            PolicyType.RESOURCE,
        ),
        (
            "naming the account leaves it to identity policies",
            _get(),
            PolicySet(resource=_resource(_statement("Allow", **_aws(DEV)))),
            False,
            PolicyType.IDENTITY,
        ),
        (
            "a role named by its ARN covers its sessions, path and all",
            _get(SESSION),
            PolicySet(resource=_resource(_statement("Allow", **_aws(SESSION.role_arn)))),
            True,
            PolicyType.RESOURCE,
        ),
        (
            "another role does not",
            _get(SESSION),
            PolicySet(resource=_resource(_statement("Allow", **_aws(f"arn:aws:iam::{DEV}:role/other")))),
            False,
            PolicyType.IDENTITY,
        ),
        (
            "across accounts identity alone",
            _get(account=PROD),
            PolicySet((ALLOW,)),
            False,
            PolicyType.RESOURCE,
        ),
        (
            "across accounts the resource's policy alone",
            _get(account=PROD),
            PolicySet(resource=_resource(_statement("Allow", **_aws(ADA.arn)))),
            False,
            PolicyType.IDENTITY,
        ),
        (
            "across accounts both, by the account's root",
            _get(account=PROD),
            PolicySet((ALLOW,), _resource(_statement("Allow", **_aws(f"arn:aws:iam::{DEV}:root")))),
            True,
            PolicyType.IDENTITY,
        ),
        (
            "a deny of the resource's policy binds the root too",
            _get(ROOT),
            PolicySet(resource=_resource(_statement("Deny", Principal="*"))),
            False,
            PolicyType.RESOURCE,
        ),
        (
            "NotPrincipal in a deny spares the session of the named role",
            _get(SESSION),
            PolicySet(
                (ALLOW,),
                _resource(_statement("Deny", NotPrincipal={"AWS": [SESSION.role_arn, SESSION.arn, DEV]})),
            ),
            True,
            PolicyType.IDENTITY,
        ),
        (
            "NotPrincipal in a deny hits the others",
            _get(),
            PolicySet((ALLOW,), _resource(_statement("Deny", NotPrincipal={"AWS": [SESSION.role_arn]}))),
            False,
            PolicyType.RESOURCE,
        ),
        (
            "a boundary that does not allow",
            _get(),
            PolicySet((ALLOW,), boundary=_identity(_statement("Allow", "sqs:*", "*"))),
            False,
            PolicyType.BOUNDARY,
        ),
        (
            "a boundary grants nothing by itself",
            _get(),
            PolicySet(boundary=ALLOW_ALL),
            False,
            PolicyType.IDENTITY,
        ),
        (
            "a session policy that does not allow",
            _get(SESSION),
            PolicySet((ALLOW,), session=(_identity(_statement("Allow", "sqs:*", "*")),)),
            False,
            PolicyType.SESSION,
        ),
        (
            "a bucket policy that names the session goes past its session policy",
            _get(SESSION),
            PolicySet(resource=_resource(_statement("Allow", **_aws(SESSION.arn))), session=()),
            True,
            PolicyType.RESOURCE,
        ),
        (
            "one that names the role does not",
            _get(SESSION),
            PolicySet(resource=_resource(_statement("Allow", **_aws(SESSION.role_arn))), session=()),
            False,
            PolicyType.SESSION,
        ),
        (
            "a service control policy binds even one who is named",
            _get(),
            PolicySet(resource=_resource(_statement("Allow", **_aws(ADA.arn))), service_control=()),
            False,
            PolicyType.SERVICE_CONTROL,
        ),
        (
            "a service is allowed by the resource's policy only",
            _get(EVENTS),
            PolicySet(resource=_resource(_statement("Allow", Principal={"Service": EVENTS.arn}))),
            True,
            PolicyType.RESOURCE,
        ),
        ("a service without one", _get(EVENTS), PolicySet((ALLOW_ALL,)), False, PolicyType.RESOURCE),
        (
            "NotAction leaves its actions out",
            _get(),
            PolicySet((_identity({"Effect": "Allow", "NotAction": "s3:Get*", "Resource": "*"}),)),
            False,
            PolicyType.IDENTITY,
        ),
        (
            "NotResource covers the rest",
            _get(),
            PolicySet(
                (_identity({"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::other*"}),)
            ),
            True,
            PolicyType.IDENTITY,
        ),
        (
            "actions are compared without case",
            _get(),
            PolicySet((_identity(_statement("Allow", "S3:getobject")),)),
            True,
            PolicyType.IDENTITY,
        ),
        (
            "a variable in the resource",
            _get(keys={"aws:username": "data"}),
            PolicySet((_identity(_statement("Allow", resource="arn:aws:s3:::bucket/${aws:username}/*")),)),
            True,
            PolicyType.IDENTITY,
        ),
        (
            "a wildcard that comes from a variable is a plain character",
            _get(keys={"aws:username": "*"}),
            PolicySet((_identity(_statement("Allow", resource="arn:aws:s3:::bucket/${aws:username}/*")),)),
            False,
            PolicyType.IDENTITY,
        ),
        (
            "a variable without value matches nothing",
            _get(),
            PolicySet((_identity(_statement("Allow", resource="arn:aws:s3:::bucket/${aws:username}*")),)),
            False,
            PolicyType.IDENTITY,
        ),
    ],
)
def test_a_request_is_decided(
    what: str, request_: AccessRequest, policies: PolicySet, allowed: bool, by: PolicyType
) -> None:
    decision = evaluate(request_, policies)
    assert (decision.allowed, decision.by) == (allowed, by), what


@pytest.mark.parametrize(
    ("what", "caller", "identity", "trust", "allowed"),
    [
        ("same account, user named", ADA, (), _trust({"AWS": ADA.arn}), True),
        ("same account, account named, no identity policy", ADA, (), _trust({"AWS": DEV}), False),
        ("same account, account named, identity allows", ADA, (ALLOW_ALL,), _trust({"AWS": DEV}), True),
        ("identity allows, trust names another", ADA, (ALLOW_ALL,), _trust({"AWS": PROD}), False),
        ("service named", EVENTS, (), _trust({"Service": "events.amazonaws.com"}), True),
        ("other service named", EVENTS, (), _trust({"Service": "sagemaker.amazonaws.com"}), False),
        ("session of a named role", SESSION, (), _trust({"AWS": SESSION.role_arn}), True),
        (
            "external id missing",
            ADA,
            (ALLOW_ALL,),
            _trust({"AWS": DEV}, Condition={"StringEquals": {"sts:ExternalId": "42"}}),
            False,
        ),
        ("denied to everyone", ADA, (ALLOW_ALL,), _trust("*", effect="Deny"), False),
    ],
)
def test_a_role_is_assumed_only_through_its_trust_policy(
    what: str, caller: Caller, identity: tuple[PolicyDocument, ...], trust: PolicyDocument, allowed: bool
) -> None:
    request = AccessRequest(caller, "sts:AssumeRole", f"arn:aws:iam::{DEV}:role/x", DEV)
    policies = PolicySet(identity, trust, resource_must_allow=True, resource_type=PolicyType.TRUST)
    assert evaluate(request, policies).allowed is allowed, what


def test_a_role_of_another_account_needs_both_sides() -> None:
    request = AccessRequest(ADA, "sts:AssumeRole", f"arn:aws:iam::{PROD}:role/x", PROD)
    trust = _trust({"AWS": ADA.arn})
    alone = evaluate(request, PolicySet((), trust, resource_must_allow=True, resource_type=PolicyType.TRUST))
    both = evaluate(request, PolicySet((ALLOW_ALL,), trust, resource_must_allow=True))
    assert (alone.allowed, alone.by, both.allowed) == (False, PolicyType.IDENTITY, True)


@pytest.mark.parametrize(
    ("policies", "text"),
    [
        (NOTHING, "because no identity-based policy allows the s3:GetObject action"),
        (
            PolicySet((ALLOW_ALL, _identity(_statement("Deny")))),
            "with an explicit deny in an identity-based policy",
        ),
        (
            PolicySet((ALLOW,), _resource(_statement("Deny", Principal="*"))),
            "with an explicit deny in a resource-based policy",
        ),
        (
            PolicySet((ALLOW,), boundary=_identity(_statement("Deny"))),
            "with an explicit deny in a permissions boundary",
        ),
        (PolicySet((ALLOW,), session=()), "because no session policy allows the s3:GetObject action"),
    ],
)
def test_a_refusal_says_why_in_the_words_of_aws(policies: PolicySet, text: str) -> None:
    decision = evaluate(_get(), policies)
    assert denial(ADA.arn, "s3:GetObject", OBJECT, decision) == (
        f"User: {ADA.arn} is not authorized to perform: s3:GetObject on resource: {OBJECT} {text}"
    )


def test_the_deciding_statement_is_named() -> None:
    policy = _identity(_statement("Allow", Sid="Reads"), _statement("Allow", "*", "*", Sid="All"))
    found = evaluate(_get(), PolicySet((policy,))).statement
    assert found is not None
    assert found.sid == "Reads"
