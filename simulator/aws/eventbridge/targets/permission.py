"""Whether a resource's own policy lets EventBridge in for one rule, as queues, topics and log groups need."""

from __future__ import annotations

from simulator.aws.eventbridge.rows import SERVICE
from simulator.aws.eventbridge.targets.invocation import Invocation, TargetFailed
from simulator.aws.iam.decision import denial
from simulator.aws.iam.documents import PolicyKind, parse_policy
from simulator.aws.iam.evaluate import AccessRequest, PolicySet, evaluate
from simulator.aws.iam.principals import Caller
from simulator.aws.iam.variables import context


def require(policy: str, action: str, resource: str, account: str, source_arn: str) -> None:
    """Raise TargetFailed NO_PERMISSIONS unless the policy (JSON text, may be empty) allows events.amazonaws.com.

    Source: EventBridge user guide, "Using resource-based policies": the condition keys aws:SourceArn and
    aws:SourceAccount carry the rule.
    """
    document = parse_policy(policy, PolicyKind.RESOURCE) if policy else None
    keys = context({"aws:SourceArn": source_arn, "aws:SourceAccount": account})
    request = AccessRequest(Caller(SERVICE, account), action, resource, account, keys)
    decision = evaluate(request, PolicySet(resource=document))
    if not decision.allowed:
        raise TargetFailed("NO_PERMISSIONS", denial(SERVICE, action, resource, decision), retryable=False)


def require_for(invocation: Invocation, policy: str, action: str, resource: str) -> None:
    """As `require`, for a target without a role; a role's policies are asked when it calls."""
    if "RoleArn" not in invocation.target:
        require(policy, action, resource, invocation.account, invocation.rule_arn)
