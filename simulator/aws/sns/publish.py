"""Publish and PublishBatch: one delivery for each subscription that the message's filter lets through."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.eventbridge.pattern import compile_pattern
from simulator.aws.leaf_requests import check_arn
from simulator.aws.principal import Principal
from simulator.aws.sns.deliver import queue_notification
from simulator.aws.sns.message import check, filterable, invalid
from simulator.kernel.errors import CallerError, NotSimulated
from simulator.kernel.facts import cause

_GIVEN = ("Message", "Subject", "MessageStructure", "MessageAttributes")
_SENT = ("sqs", "http", "https", "lambda")
_SERVICE = "sns.amazonaws.com"


@behaviour("sns", "Publish")
async def publish(call: Call) -> Answer:
    """Publish to a topic; phones and mobile endpoints are refused by name."""
    arn = _topic(call.params)
    check(call.params)
    subscriptions = await _subscriptions(call, arn)
    with call.kernel.store.transaction():
        return {"MessageId": _publish(call, arn, call.params, subscriptions)}


@behaviour("sns", "PublishBatch")
async def publish_batch(call: Call) -> Answer:
    """Up to ten messages, each taken or refused by itself."""
    arn, entries = _topic(call.params), call.params["PublishBatchRequestEntries"]
    names = [entry["Id"] for entry in entries]
    if not entries or len(entries) > 10 or len(set(names)) != len(names):
        code = "EmptyBatchRequest" if not entries else "BatchEntryIdsNotDistinct"
        raise CallerError(
            code if len(entries) <= 10 else "TooManyEntriesInBatchRequest", f"{len(entries)} entries", 400
        )
    subscriptions = await _subscriptions(call, arn)
    successful, failed = [], []
    with call.kernel.store.transaction():
        for entry in entries:
            try:
                check(entry)
            except CallerError as error:
                told = {"Code": error.code, "Message": error.message, "SenderFault": True}
                failed.append({"Id": entry["Id"], **told})
                continue
            successful.append({"Id": entry["Id"], "MessageId": _publish(call, arn, entry, subscriptions)})
    return {"Successful": successful, "Failed": failed}


def _topic(params: Mapping[str, Any]) -> str:
    arn = params.get("TopicArn") or params.get("TargetArn", "")
    if "PhoneNumber" in params or ":endpoint/" in arn:
        raise NotSimulated("sns:Publish to a phone or a mobile endpoint", "Publish to a topic.")
    if not arn:
        raise invalid("TopicArn or TargetArn Reason: no value for required parameter")
    if arn.endswith(".fifo"):
        raise NotSimulated("sns:Publish to a FIFO topic", "Use a standard topic.")
    return str(arn)


async def _subscriptions(call: Call, arn: str) -> list[dict[str, Any]]:
    """The confirmed subscriptions of a topic with their attributes; raises NotFound for a topic that is not there."""
    check_arn("TopicArn", arn)
    region, account = arn.split(":")[3:5]
    asker = Principal.of_service(_SERVICE, account)

    async def ask(operation: str, params: dict[str, Any]) -> Answer:
        return await call.cloud.call(
            "sns", operation, params, account=account, region=region, principal=asker
        )

    await ask("GetTopicAttributes", {"TopicArn": arn})
    found: list[dict[str, Any]] = []
    params = {"TopicArn": arn}
    while True:
        answer = await ask("ListSubscriptionsByTopic", params)
        for subscription in answer.get("Subscriptions", []):
            name = {"SubscriptionArn": subscription["SubscriptionArn"]}
            attributes = (await ask("GetSubscriptionAttributes", name))["Attributes"]
            if attributes.get("PendingConfirmation") != "true":
                found.append({**subscription, "attributes": attributes})
        if not answer.get("NextToken"):
            return found
        params = {"TopicArn": arn, "NextToken": answer["NextToken"]}


def _publish(call: Call, arn: str, entry: Mapping[str, Any], subscriptions: list[dict[str, Any]]) -> str:
    kernel, (region, account) = call.kernel, arn.split(":")[3:5]
    message = {
        **{name: entry[name] for name in _GIVEN if name in entry},
        "TopicArn": arn,
        "MessageId": kernel.ids.uuid(),
        "time": kernel.clock.now(),
    }
    if "MessageAttributes" in message:
        message["MessageAttributes"] = {
            name: _plain(value) for name, value in message["MessageAttributes"].items()
        }
    detail: dict[str, object] = {"message_id": message["MessageId"], "subject": message.get("Subject", "")}
    published = kernel.log.record("MessagePublished", arn, detail, account=account, region=region)
    with cause(published):
        for subscription in subscriptions:
            if not _wants(subscription["attributes"], message):
                continue
            if subscription["Protocol"] in _SENT:
                queue_notification(kernel, subscription, message, account, region)
            else:
                what = f"sns subscription by {subscription['Protocol']}"
                told: dict[str, object] = {
                    "endpoint": subscription["Endpoint"],
                    "message_id": message["MessageId"],
                }
                kernel.log.record("AcceptedNotSimulated", what, told, account=account, region=region)
    return str(message["MessageId"])


def _wants(attributes: Mapping[str, str], message: Mapping[str, Any]) -> bool:
    """Whether the subscription's filter policy, whose language is that of event patterns, lets the message through."""
    policy = attributes.get("FilterPolicy")
    if not policy or policy == "{}":
        return True
    looked_at = filterable(message, attributes.get("FilterPolicyScope", "MessageAttributes"))
    return looked_at is not None and compile_pattern(policy).matches(looked_at)


def _plain(attribute: Mapping[str, Any]) -> dict[str, Any]:
    """An attribute as JSON: bytes in base64."""
    found = dict(attribute)
    if isinstance(found.get("BinaryValue"), bytes):
        found["BinaryValue"] = base64.b64encode(found["BinaryValue"]).decode()
    return found
