"""AWS STS: who am I, and sessions of roles whose trust policy lets the caller in."""

from __future__ import annotations

import json

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.principal import Principal
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
    refusal = await call.cloud.refusal_to_assume(role_arn, call.principal, call.region)
    if refusal:
        raise CallerError("AccessDenied", refusal, 403)
    made = call.cloud.credentials.issue(
        role_arn, name, duration_seconds=call.params.get("DurationSeconds", 3600), policy=policy
    )
    return _session(made)


def _session(made: Answer) -> Answer:
    principal = Principal(made["Arn"], made["Arn"].split(":")[4], made["UserId"])
    return {
        "Credentials": {k: made[k] for k in ("AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration")},
        "AssumedRoleUser": {"AssumedRoleId": principal.user_id, "Arn": principal.arn},
    }
