"""Other event buses as targets: of this account, or of another whose bus policy allows it."""

from __future__ import annotations

from simulator.aws.eventbridge.permissions import policy_of
from simulator.aws.eventbridge.rows import bus_name, find_bus
from simulator.aws.eventbridge.targets.invocation import Invocation, TargetFailed, failure_of
from simulator.aws.iam.decision import denial
from simulator.aws.iam.evaluate import AccessRequest, PolicySet, evaluate
from simulator.aws.iam.principals import Caller
from simulator.aws.iam.statements import PolicyDocument, Statement
from simulator.aws.iam.variables import context
from simulator.kernel.errors import CallerError

# The sending account lets its own EventBridge send; what the role may do is asked through its trust.
_SENDER = PolicyDocument((Statement("Allow", actions=("events:PutEvents",), resources=("*",)),))


async def send_to_bus(invocation: Invocation) -> None:
    """The event goes on, unchanged (its account and region stay those of where it began)."""
    kernel, (region, account, _) = invocation.cloud.kernel, invocation.place
    name = bus_name(invocation.arn)
    try:
        row = find_bus(kernel.store, account, region, name)
    except CallerError as error:
        raise failure_of(error) from error
    caller = Caller(f"arn:aws:iam::{invocation.account}:root", invocation.account)
    if "RoleArn" in invocation.target:
        session = invocation.assume()
        caller = Caller(session.arn, session.account, session.role_arn)
    if account != invocation.account:
        keys = context({"aws:SourceArn": invocation.rule_arn, "aws:SourceAccount": invocation.account})
        request = AccessRequest(caller, "events:PutEvents", invocation.arn, account, keys)
        decision = evaluate(request, PolicySet((_SENDER,), policy_of(row)))
        if not decision.allowed:
            text = denial(caller.arn, request.action, invocation.arn, decision)
            raise TargetFailed("NO_PERMISSIONS", text, retryable=False)
    kernel.log.record(
        "EventForwarded",
        invocation.arn,
        {"event": dict(invocation.event), "bus": name},
        account=account,
        region=region,
    )
