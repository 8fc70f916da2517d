"""What the operations that open a session of a role have in common: its length, and how it is answered."""

from __future__ import annotations

from simulator.aws.behaviour import Answer, Call
from simulator.kernel.errors import CallerError

_HOUR = 3600


async def check_duration(call: Call, role_arn: str, *, chained: bool) -> int:
    """The seconds that the session lasts; an hour at most for a role that assumes a role.

    Raises CallerError ValidationError where the role allows less. The texts are STS's.
    """
    asked = int(call.params.get("DurationSeconds", _HOUR))
    if asked <= _HOUR:  # every role allows an hour
        return asked
    if chained:
        raise CallerError(
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
        )
    account, name = role_arn.split(":")[4], role_arn.rsplit("/", 1)[1]
    found = await call.cloud.call("iam", "GetRole", {"RoleName": name}, account=account, region=call.region)
    if asked > found["Role"].get("MaxSessionDuration", _HOUR):
        raise CallerError(
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        )
    return asked


def session(made: Answer) -> Answer:
    """The answer for credentials that were just issued."""
    return {
        "Credentials": {k: made[k] for k in ("AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration")},
        "AssumedRoleUser": {"AssumedRoleId": made["UserId"], "Arn": made["Arn"]},
    }
