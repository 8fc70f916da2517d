"""Whether a resource's own policy lets an AWS service in on behalf of another resource, as queues and topics ask."""

from __future__ import annotations

from simulator.aws.iam.decision import denial
from simulator.aws.iam.documents import PolicyKind, parse_policy
from simulator.aws.iam.evaluate import AccessRequest, PolicySet, evaluate
from simulator.aws.iam.principals import Caller
from simulator.aws.iam.variables import context


def service_denial(
    policy: str, service: str, action: str, resource: str, account: str, source_arn: str
) -> str:
    """Empty if the policy (JSON text, may be empty) allows `service`; else the text of the denial.

    The condition keys aws:SourceArn and aws:SourceAccount carry the resource for which the service acts, as the guides
    of EventBridge and SNS describe for queue policies.
    """
    document = parse_policy(policy, PolicyKind.RESOURCE) if policy else None
    keys = context({"aws:SourceArn": source_arn, "aws:SourceAccount": account})
    request = AccessRequest(Caller(service, account), action, resource, account, keys)
    decision = evaluate(request, PolicySet(resource=document))
    return "" if decision.allowed else denial(service, action, resource, decision)
