"""Whether a resource's own policy lets EventBridge in for one rule, as queues and topics need."""

from __future__ import annotations

from simulator.aws.eventbridge.rows import SERVICE
from simulator.aws.eventbridge.targets.invocation import Invocation, TargetFailed
from simulator.aws.iam.service_access import service_denial


def require(policy: str, action: str, resource: str, account: str, source_arn: str) -> None:
    """Raise TargetFailed NO_PERMISSIONS unless the policy (JSON text, may be empty) allows events.amazonaws.com.

    Source: EventBridge user guide, "Using resource-based policies".
    """
    refusal = service_denial(policy, SERVICE, action, resource, account, source_arn)
    if refusal:
        raise TargetFailed("NO_PERMISSIONS", refusal, retryable=False)


def require_for(invocation: Invocation, policy: str, action: str, resource: str) -> None:
    """As `require`, for a target without a role; a role's policies are asked when it calls."""
    if "RoleArn" not in invocation.target:
        require(policy, action, resource, invocation.account, invocation.rule_arn)
