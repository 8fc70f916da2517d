"""Lambda functions as targets."""

from __future__ import annotations

from simulator.aws.eventbridge.rows import SERVICE
from simulator.aws.eventbridge.targets.invocation import Invocation, failure_of
from simulator.aws.eventbridge.targets.permission import require_for
from simulator.aws.principal import Principal
from simulator.kernel.errors import CallerError


async def send_to_function(invocation: Invocation) -> None:
    """Invoke asynchronously with the body; the function's own policy must allow EventBridge.

    Source: EventBridge user guide, "Using resource-based policies": AWS Lambda permissions.
    """
    region, account, _ = invocation.place
    asker, asked = Principal.of_service(SERVICE, account), {"FunctionName": invocation.arn}
    try:
        await invocation.cloud.call(
            "lambda", "GetFunctionConfiguration", asked, account=account, region=region, principal=asker
        )
    except CallerError as error:
        raise failure_of(error) from error
    require_for(invocation, await _policy(invocation, asker), "lambda:InvokeFunction", invocation.arn)
    payload = {"InvocationType": "Event", "Payload": invocation.body.encode()}
    await invocation.call("lambda", "Invoke", {**asked, **payload})


async def _policy(invocation: Invocation, asker: Principal) -> str:
    """The function's policy, empty when it has none."""
    region, account, _ = invocation.place
    asked = {"FunctionName": invocation.arn}
    try:
        found = await invocation.cloud.call(
            "lambda", "GetPolicy", asked, account=account, region=region, principal=asker
        )
    except CallerError as error:
        if error.code != "ResourceNotFoundException":
            raise failure_of(error) from error
        return ""
    return str(found["Policy"])
