"""Who am I, and sessions of roles whose trust policy lets the caller in."""

from __future__ import annotations

import json

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.sts.sessions import check_duration, session
from simulator.kernel.errors import CallerError


@behaviour("sts", "GetCallerIdentity")
async def get_caller_identity(call: Call) -> Answer:
    """Who signed the request."""
    return {"UserId": call.principal.user_id, "Account": call.principal.account, "Arn": call.principal.arn}


@behaviour("sts", "AssumeRole")
async def assume_role(call: Call) -> Answer:
    """Session credentials of a role. Trust and identity policies must both allow; an absent role is denied."""
    role_arn, name = call.params["RoleArn"], call.params["RoleSessionName"]
    policy = json.loads(call.params["Policy"]) if "Policy" in call.params else None
    keys = {"sts:RoleSessionName": name}
    if "ExternalId" in call.params:
        keys["sts:ExternalId"] = call.params["ExternalId"]
    refusal = await call.cloud.refusal_to_assume(role_arn, call.principal, call.region, keys)
    if refusal:
        raise CallerError("AccessDenied", refusal, 403)
    duration = await check_duration(call, role_arn, chained=bool(call.principal.role_arn))
    made = call.cloud.credentials.issue(role_arn, name, duration_seconds=duration, policy=policy)
    return session(made)
