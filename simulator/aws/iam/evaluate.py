"""The evaluation of one request against all policies that apply: explicit deny first, then who must allow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from simulator.aws.iam.conditions import hold
from simulator.aws.iam.decision import Decision, PolicyType
from simulator.aws.iam.principals import Caller, Grant, named_by
from simulator.aws.iam.statements import PolicyDocument, Statement
from simulator.aws.iam.variables import Context, fill
from simulator.formats.wildcards import matches, matches_pieces


@dataclass(frozen=True)
class AccessRequest:
    """What is asked: `action` as `service:Operation`, the resource's ARN and account, and the context keys.

    `context` has lower-case keys: build it with `simulator.aws.iam.variables.context`.
    """

    caller: Caller
    action: str
    resource: str
    resource_account: str
    context: Context = field(default_factory=dict)


@dataclass(frozen=True)
class PolicySet:
    """The policies that apply; None or empty means there is none of that kind, which for `identity` allows nothing.

    `session` None: a session without policies of its own. `resource_must_allow`: the resource's policy is the only
    door (a role's trust policy, a KMS key policy), so an identity-based policy alone does not suffice.
    """

    identity: tuple[PolicyDocument, ...] = ()
    resource: PolicyDocument | None = None
    boundary: PolicyDocument | None = None
    session: tuple[PolicyDocument, ...] | None = None
    service_control: tuple[PolicyDocument, ...] | None = None
    resource_must_allow: bool = False
    resource_type: PolicyType = PolicyType.RESOURCE


def evaluate(request: AccessRequest, policies: PolicySet) -> Decision:
    """Decide. Source: IAM user guide, "Policy evaluation logic" (within one account, and across accounts)."""
    denied = _explicit_deny(request, policies)
    if denied is not None:
        return denied
    grant, granting = _resource_grant(request, policies.resource)
    if request.caller.is_service:
        return _verdict(grant is Grant.DIRECT, policies.resource_type, granting)
    limit = _limit(request, policies)
    if _resource_suffices(request, grant):
        return _unless(limit, grant) or Decision(True, policies.resource_type, granting)
    identity = _identity_allow(request, policies)
    if not identity.allowed:
        return _missing_identity(request, policies, grant, identity)
    needs_resource = policies.resource_must_allow or request.caller.account != request.resource_account
    if needs_resource and grant is Grant.NONE:
        return Decision(False, policies.resource_type)
    return limit or identity


def _resource_suffices(request: AccessRequest, grant: Grant) -> bool:
    """Within one account a policy that names the caller itself needs no other."""
    return request.caller.account == request.resource_account and grant >= Grant.ROLE


def _unless(limit: Decision | None, grant: Grant) -> Decision | None:
    """The limit, unless it is one that a policy naming the user or the session itself goes past."""
    passes = grant is Grant.DIRECT and limit is not None and limit.by is not PolicyType.SERVICE_CONTROL
    return None if passes else limit


def _missing_identity(
    request: AccessRequest, policies: PolicySet, grant: Grant, identity: Decision
) -> Decision:
    """AWS names one missing policy only: the trust policy when it is the door that is shut, else the identity's."""
    if policies.resource_must_allow and grant is Grant.NONE:
        return Decision(False, policies.resource_type)
    return identity


def _identity_allow(request: AccessRequest, policies: PolicySet) -> Decision:
    if request.caller.is_root:
        return Decision(True, PolicyType.IDENTITY)
    found = _first(request, policies.identity, "Allow")
    return _verdict(found is not None, PolicyType.IDENTITY, found)


def _limit(request: AccessRequest, policies: PolicySet) -> Decision | None:
    """The first ceiling (organization, boundary, session) that does not allow the request, or None."""
    ceilings = (
        (PolicyType.SERVICE_CONTROL, policies.service_control),
        (PolicyType.BOUNDARY, (policies.boundary,) if policies.boundary else None),
        (PolicyType.SESSION, policies.session),
    )
    for kind, documents in ceilings:
        if documents is not None and _first(request, documents, "Allow") is None:
            return Decision(False, kind)
    return None


def _explicit_deny(request: AccessRequest, policies: PolicySet) -> Decision | None:
    sources = (
        (PolicyType.SERVICE_CONTROL, policies.service_control or ()),
        (policies.resource_type, (policies.resource,) if policies.resource else ()),
        (PolicyType.IDENTITY, policies.identity),
        (PolicyType.BOUNDARY, (policies.boundary,) if policies.boundary else ()),
        (PolicyType.SESSION, policies.session or ()),
    )
    for kind, documents in sources:
        found = _first(request, documents, "Deny")
        if found is not None:
            return Decision(False, kind, found, explicit=True)
    return None


def _first(request: AccessRequest, documents: Iterable[PolicyDocument], effect: str) -> Statement | None:
    for document in documents:
        for statement in document.statements:
            if statement.effect == effect and _applies(statement, request, document.version):
                return statement
    return None


def _resource_grant(request: AccessRequest, policy: PolicyDocument | None) -> tuple[Grant, Statement | None]:
    """The strongest way in which an allowing statement of the resource's policy names the caller."""
    best: tuple[Grant, Statement | None] = (Grant.NONE, None)
    for statement in policy.statements if policy else ():
        if statement.effect != "Allow" or not _applies(statement, request, policy.version if policy else ""):
            continue
        grant = named_by(statement.principals, request.caller) if statement.principals else Grant.ROLE
        if grant > best[0]:
            best = (grant, statement)
    return best


def _applies(statement: Statement, request: AccessRequest, version: str) -> bool:
    return (
        _principal_applies(statement, request.caller)
        and _action_applies(statement, request.action)
        and _resource_applies(statement, request, version)
        and hold(statement.conditions, request.context, version)
    )


def _principal_applies(statement: Statement, caller: Caller) -> bool:
    if statement.principals is not None:
        return named_by(statement.principals, caller) is not Grant.NONE
    if statement.not_principals is not None:
        return named_by(statement.not_principals, caller) is Grant.NONE
    return True


def _action_applies(statement: Statement, action: str) -> bool:
    patterns = statement.actions if statement.actions is not None else statement.not_actions or ()
    return any(matches(pattern, action, ignore_case=True) for pattern in patterns) is (
        statement.actions is not None
    )


def _resource_applies(statement: Statement, request: AccessRequest, version: str) -> bool:
    if statement.resources is None and statement.not_resources is None:
        return True
    patterns = statement.resources if statement.resources is not None else statement.not_resources or ()
    filled = (fill(pattern, request.context, version) for pattern in patterns)
    named = any(pieces is not None and matches_pieces(pieces, request.resource) for pieces in filled)
    return named is (statement.resources is not None)


def _verdict(allowed: bool, kind: PolicyType, statement: Statement | None) -> Decision:
    return Decision(allowed, kind, statement if allowed else None)
