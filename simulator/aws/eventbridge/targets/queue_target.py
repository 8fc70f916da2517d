"""SQS queues as targets and as dead-letter queues."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.aws.behaviour import Cloud
from simulator.aws.eventbridge.rows import SERVICE
from simulator.aws.eventbridge.targets.invocation import Invocation, TargetFailed, failure_of
from simulator.aws.eventbridge.targets.permission import require, require_for
from simulator.aws.principal import Principal
from simulator.kernel.errors import CallerError


async def send_to_queue(invocation: Invocation) -> None:
    """SendMessage with the body; a FIFO queue gets the target's MessageGroupId."""
    found = await find_queue(invocation.cloud, invocation.arn)
    require_for(invocation, found["Policy"], "sqs:SendMessage", invocation.arn)
    params: dict[str, Any] = {"QueueUrl": found["QueueUrl"], "MessageBody": invocation.body}
    if "SqsParameters" in invocation.target:
        params["MessageGroupId"] = invocation.target["SqsParameters"]["MessageGroupId"]
        params["MessageDeduplicationId"] = invocation.event["id"]
    await invocation.call("sqs", "SendMessage", params)


async def send_dead_letter(
    cloud: Cloud, queue_arn: str, body: str, attributes: Mapping[str, str], account: str, rule_arn: str
) -> None:
    """SendMessage to a dead-letter queue, whose policy must allow EventBridge; raises TargetFailed."""
    found = await find_queue(cloud, queue_arn)
    require(found["Policy"], "sqs:SendMessage", queue_arn, account, rule_arn)
    given = {name: {"DataType": "String", "StringValue": text} for name, text in attributes.items()}
    params = {"QueueUrl": found["QueueUrl"], "MessageBody": body, "MessageAttributes": given}
    await _ask(cloud, "SendMessage", queue_arn, params)


async def find_queue(cloud: Cloud, arn: str) -> dict[str, str]:
    """QueueUrl and Policy (empty: none) of a queue; raises TargetFailed NO_RESOURCE."""
    account, name = arn.split(":")[4], arn.rsplit(":", 1)[-1]
    asked = {"QueueName": name, "QueueOwnerAWSAccountId": account}
    url = (await _ask(cloud, "GetQueueUrl", arn, asked))["QueueUrl"]
    wanted = {"QueueUrl": url, "AttributeNames": ["Policy"]}
    answer = await _ask(cloud, "GetQueueAttributes", arn, wanted)
    return {"QueueUrl": url, "Policy": answer.get("Attributes", {}).get("Policy", "")}


async def _ask(cloud: Cloud, operation: str, arn: str, params: Mapping[str, Any]) -> dict[str, Any]:
    _, _, _, region, account, _ = arn.split(":", 5)
    asker = Principal.of_service(SERVICE, account)
    try:
        return await cloud.call("sqs", operation, params, account=account, region=region, principal=asker)
    except CallerError as error:
        failed = failure_of(error)
        if "NonExistentQueue" in error.code or "QueueDoesNotExist" in error.code:
            failed = TargetFailed("NO_RESOURCE", f"{arn} does not exist.", retryable=False)
        raise failed from error
