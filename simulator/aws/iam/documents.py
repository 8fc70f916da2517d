"""Parsing of IAM policy documents, with AWS's MalformedPolicyDocument texts for what is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from simulator.aws.iam.conditions import is_operator
from simulator.aws.iam.statements import Condition, PolicyDocument, PrincipalSet, Statement
from simulator.kernel.errors import CallerError

_VERSIONS = ("2008-10-17", "2012-10-17")
_DOCUMENT_KEYS = {"Version", "Id", "Statement"}
_STATEMENT_KEYS = {
    *("Sid", "Effect", "Action", "NotAction", "Resource", "NotResource"),
    *("Principal", "NotPrincipal", "Condition"),
}
_TRUST_ACTION = re.compile(r"sts:(\*|AssumeRole\w*|TagSession|SetSourceIdentity|SetContext)")


class PolicyKind(StrEnum):
    """Where a policy is attached; it decides which elements it must and must not have."""

    IDENTITY = "identity"
    RESOURCE = "resource"
    TRUST = "trust"


def parse_policy(document: str | Mapping[str, Any], kind: PolicyKind, name: str = "") -> PolicyDocument:
    """Parse and validate; raises CallerError MalformedPolicyDocument with AWS's text.

    Source of the texts: answers of IAM's PutRolePolicy and UpdateAssumeRolePolicy as public test suites record them.
    """
    parsed = _load(document)
    if not isinstance(parsed, Mapping) or not set(parsed) <= _DOCUMENT_KEYS:
        raise malformed("Syntax errors in policy.")
    version = parsed.get("Version", "2008-10-17")
    if version not in _VERSIONS:
        raise malformed("Syntax errors in policy.")
    if kind is PolicyKind.IDENTITY and version != "2012-10-17":
        raise malformed("Policy document must be version 2012-10-17 or greater.")
    raw = parsed.get("Statement")
    entries = [raw] if isinstance(raw, Mapping) else raw
    if not isinstance(entries, list) or not entries:
        raise malformed("Syntax errors in policy.")
    statements = tuple(_statement(entry, kind) for entry in entries)
    sids = [statement.sid for statement in statements if statement.sid]
    if len(sids) != len(set(sids)):
        raise malformed("Statement IDs (SID) in a single policy must be unique.")
    return PolicyDocument(statements, version, name)


def malformed(text: str) -> CallerError:
    """The error of IAM for a document it cannot take."""
    return CallerError("MalformedPolicyDocument", text, 400)


def _load(document: str | Mapping[str, Any]) -> Any:
    if isinstance(document, Mapping):
        return document
    try:
        return json.loads(document)
    except ValueError as error:
        raise malformed("Syntax errors in policy.") from error


def _statement(entry: Any, kind: PolicyKind) -> Statement:
    if not isinstance(entry, Mapping) or not set(entry) <= _STATEMENT_KEYS:
        raise malformed("Syntax errors in policy.")
    if entry.get("Effect") not in ("Allow", "Deny") or not isinstance(entry.get("Sid", ""), str):
        raise malformed("Syntax errors in policy.")
    for element in ("Action", "Resource", "Principal"):
        if element in entry and f"Not{element}" in entry:
            raise malformed("Syntax errors in policy.")
    _check_elements(entry, kind)
    statement = Statement(
        effect=entry["Effect"],
        sid=entry.get("Sid", ""),
        actions=_texts(entry, "Action"),
        not_actions=_texts(entry, "NotAction"),
        resources=_texts(entry, "Resource"),
        not_resources=_texts(entry, "NotResource"),
        principals=_principals(entry, "Principal"),
        not_principals=_principals(entry, "NotPrincipal"),
        conditions=_conditions(entry.get("Condition", {})),
    )
    _check_values(statement, kind)
    return statement


def _check_elements(entry: Mapping[str, Any], kind: PolicyKind) -> None:
    if "Action" not in entry and "NotAction" not in entry:
        raise malformed("Policy statement must contain actions.")
    named = "Principal" in entry or "NotPrincipal" in entry
    placed = "Resource" in entry or "NotResource" in entry
    if kind is PolicyKind.IDENTITY and named:
        raise malformed("Policy document should not specify a principal.")
    if kind is not PolicyKind.IDENTITY and not named:
        raise malformed("Missing required field Principal")
    if kind is PolicyKind.TRUST and placed:
        raise malformed("Has prohibited field Resource")
    if kind is PolicyKind.IDENTITY and not placed:
        raise malformed("Policy statement must contain resources.")


def _check_values(statement: Statement, kind: PolicyKind) -> None:
    actions = statement.actions if statement.actions is not None else statement.not_actions or ()
    if not actions:
        raise malformed("Policy statement must contain actions.")
    for action in actions:
        if action != "*" and ":" not in action:
            raise malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")
        if kind is PolicyKind.TRUST and not _TRUST_ACTION.fullmatch(action):
            raise malformed("AssumeRole policy may only specify STS AssumeRole actions.")
    resources = statement.resources if statement.resources is not None else statement.not_resources or ()
    for resource in resources if kind is PolicyKind.IDENTITY else ():
        if resource != "*" and not re.match(r"arn:|\*|\$\{", resource):
            raise malformed(f'Resource {resource} must be in ARN format or "*".')


def _texts(entry: Mapping[str, Any], key: str) -> tuple[str, ...] | None:
    if key not in entry:
        return None
    value = entry[key]
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(item, str) for item in values):
        raise malformed("Syntax errors in policy.")
    return tuple(values)


def _principals(entry: Mapping[str, Any], key: str) -> PrincipalSet | None:
    if key not in entry:
        return None
    value = entry[key]
    if value == "*":
        return PrincipalSet(everyone=True)
    if not isinstance(value, Mapping) or not value or not set(value) <= {"AWS", "Service", "Federated"}:
        raise malformed("Syntax errors in policy.")
    aws = _texts(value, "AWS") or ()
    for principal in aws:
        # IAM allows no partial wildcard in a principal, only the whole "*".
        if principal != "*" and not re.fullmatch(r"\d{12}|arn:aws[\w-]*:(iam|sts)::\d{12}:[^*?]+", principal):
            raise malformed(f'Invalid principal in policy: "AWS":"{principal}"')
    return PrincipalSet(
        aws=tuple(item for item in aws if item != "*"),
        service=_texts(value, "Service") or (),
        federated=_texts(value, "Federated") or (),
        everyone="*" in aws,
    )


def _conditions(block: Any) -> tuple[Condition, ...]:
    if not isinstance(block, Mapping):
        raise malformed("Syntax errors in policy.")
    found = []
    for operator, keys in block.items():
        if not is_operator(operator):
            raise malformed(f"Invalid Condition type : {operator}.")
        if not isinstance(keys, Mapping):
            raise malformed("Syntax errors in policy.")
        for key, value in keys.items():
            values = value if isinstance(value, list) else [value]
            if not all(isinstance(item, str | bool | int | float) for item in values):
                raise malformed("Syntax errors in policy.")
            found.append(Condition(operator, key, tuple(_text(item) for item in values)))
    return tuple(found)


def _text(value: str | bool | float) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
