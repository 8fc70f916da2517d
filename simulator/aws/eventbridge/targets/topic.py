"""SNS topics as targets."""

from __future__ import annotations

from simulator.aws.eventbridge.rows import SERVICE
from simulator.aws.eventbridge.targets.invocation import Invocation, failure_of
from simulator.aws.eventbridge.targets.permission import require_for
from simulator.aws.principal import Principal
from simulator.kernel.errors import CallerError


async def send_to_topic(invocation: Invocation) -> None:
    """Publish the body; the topic's policy must allow EventBridge."""
    region, account, _ = invocation.place
    asker = Principal.of_service(SERVICE, account)
    asked = {"TopicArn": invocation.arn}
    try:
        topic = await invocation.cloud.call(
            "sns", "GetTopicAttributes", asked, account=account, region=region, principal=asker
        )
    except CallerError as error:
        raise failure_of(error) from error
    policy = topic["Attributes"].get("Policy", "")
    require_for(invocation, policy, "sns:Publish", invocation.arn)
    await invocation.call("sns", "Publish", {"TopicArn": invocation.arn, "Message": invocation.body})
