"""SNS's and SQS's resource types: attributes are text in a map."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from simulator.aws.cloudformation.calls import Calls
from simulator.aws.cloudformation.handlers.kind import Properties, ResourceKind, Tagging
from simulator.aws.cloudformation.intrinsics import text

_TOPIC = frozenset(
    {"DisplayName", "KmsMasterKeyId", "FifoTopic", "ContentBasedDeduplication", "SignatureVersion", "TracingConfig",
     "ArchivePolicy", "FifoThroughputScope"}
)  # fmt: skip
_SUBSCRIPTION = frozenset(
    {"FilterPolicy", "FilterPolicyScope", "RawMessageDelivery", "RedrivePolicy", "DeliveryPolicy",
     "SubscriptionRoleArn", "ReplayPolicy"}
)  # fmt: skip
_QUEUE = frozenset(
    {"ContentBasedDeduplication", "DeduplicationScope", "DelaySeconds", "FifoQueue", "FifoThroughputLimit",
     "KmsDataKeyReusePeriodSeconds", "KmsMasterKeyId", "MaximumMessageSize", "MessageRetentionPeriod",
     "ReceiveMessageWaitTimeSeconds", "RedriveAllowPolicy", "RedrivePolicy", "SqsManagedSseEnabled",
     "VisibilityTimeout"}
)  # fmt: skip


def _text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, dict | list) else text(value)


def _attributes(names: frozenset[str], properties: Mapping[str, Any]) -> dict[str, str]:
    return {name: _text(value) for name, value in properties.items() if name in names}


def _changed(names: frozenset[str], old: Properties, new: Properties) -> dict[str, str]:
    before, after = _attributes(names, old), _attributes(names, new)
    return {name: value for name, value in after.items() if before.get(name) != value}


def _as_attributes(names: frozenset[str], key: str = "Attributes") -> Any:
    def convert(properties: Properties) -> Properties:
        found = _attributes(names, properties)
        return {key: found} if found else {}

    return convert


async def _topic(
    calls: Calls, keys: Mapping[str, Any], old: Properties | None, new: Properties | None
) -> None:
    """Attributes change one by one; subscriptions that stand in the topic itself come with it."""
    if new is None:
        return
    for name, value in _changed(_TOPIC, old, new).items() if old is not None else ():
        await calls.call(
            "sns", "SetTopicAttributes", {**keys, "AttributeName": name, "AttributeValue": value}
        )
    before = (old or {}).get("Subscription") or []
    for entry in new.get("Subscription") or []:
        if entry not in before:
            await calls.call(
                "sns", "Subscribe", {**keys, "Protocol": entry["Protocol"], "Endpoint": entry["Endpoint"]}
            )


async def _subscription(
    calls: Calls, keys: Mapping[str, Any], old: Properties | None, new: Properties | None
) -> None:
    if old is None or new is None:
        return
    for name, value in _changed(_SUBSCRIPTION, old, new).items():
        await calls.call(
            "sns", "SetSubscriptionAttributes", {**keys, "AttributeName": name, "AttributeValue": value}
        )


async def _topic_policy(
    calls: Calls, keys: Mapping[str, Any], old: Properties | None, new: Properties | None
) -> None:
    """A topic without a policy of its own has the one that lets its owner do everything."""
    document = _text((new or {}).get("PolicyDocument") or "")
    wanted = (new or {}).get("Topics") or []
    for topic in wanted:
        await _set_topic_policy(calls, topic, document)
    for topic in (old or {}).get("Topics") or []:
        if topic not in wanted:
            await _set_topic_policy(calls, topic, _default_policy(topic, calls.account))


async def _set_topic_policy(calls: Calls, topic: str, document: str) -> None:
    params = {"TopicArn": topic, "AttributeName": "Policy", "AttributeValue": document}
    await calls.call("sns", "SetTopicAttributes", params)


def _default_policy(topic: str, account: str) -> str:
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": [
            f"SNS:{name}" for name in ("GetTopicAttributes", "SetTopicAttributes", "Publish", "Subscribe")
        ],
        "Resource": topic,
        "Condition": {"StringEquals": {"AWS:SourceOwner": account}},
    }
    return json.dumps({"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]})


async def _queue(
    calls: Calls, keys: Mapping[str, Any], old: Properties | None, new: Properties | None
) -> None:
    if old is None or new is None:
        return
    changed = _changed(_QUEUE - {"FifoQueue"}, old, new)
    if changed:
        await calls.call("sqs", "SetQueueAttributes", {**keys, "Attributes": changed})


async def _queue_policy(
    calls: Calls, keys: Mapping[str, Any], old: Properties | None, new: Properties | None
) -> None:
    document = _text((new or {}).get("PolicyDocument") or "")
    wanted = (new or {}).get("Queues") or []
    gone = [queue for queue in (old or {}).get("Queues") or [] if queue not in wanted]
    for queue, policy in [(queue, document) for queue in wanted] + [(queue, "") for queue in gone]:
        await calls.call("sqs", "SetQueueAttributes", {"QueueUrl": queue, "Attributes": {"Policy": policy}})


def fifo_name(name: str, properties: Mapping[str, Any]) -> str:
    """A name that is made for a FIFO topic or queue ends in `.fifo`."""
    fifo = properties.get("FifoQueue") or properties.get("FifoTopic")
    return f"{name}.fifo" if fifo and not name.endswith(".fifo") else name


KINDS = (
    ResourceKind(
        "AWS::SNS::Topic", "sns",
        create="CreateTopic", describe="GetTopicAttributes", delete="DeleteTopic",
        name="TopicName", limit=250, renames={"TopicName": "Name"}, keys={"TopicArn": "TopicArn"}, claims="*",
        describe_keys={"TopicArn": "arn:aws:sns:{Region}:{Account}:{TopicName}"},
        physical="TopicArn", attributes={"TopicArn": "TopicArn", "TopicName": "TopicName"},
        convert=_as_attributes(_TOPIC), converts=_TOPIC, settle=_topic, settles=frozenset({"Subscription"}),
        finish_name=fifo_name, tagging=Tagging("TagResource", "UntagResource", "ResourceArn", "TopicArn"),
    ),
    ResourceKind(
        "AWS::SNS::Subscription", "sns",
        create="Subscribe", delete="Unsubscribe", fixed={"ReturnSubscriptionArn": True},
        keys={"SubscriptionArn": "SubscriptionArn"}, physical="SubscriptionArn",
        attributes={"Arn": "SubscriptionArn"},
        convert=_as_attributes(_SUBSCRIPTION), converts=_SUBSCRIPTION, settle=_subscription,
    ),
    ResourceKind(
        "AWS::SNS::TopicPolicy", "sns",
        name="Id", limit=100, keys={"Id": "Id"}, physical="Id", attributes={"Id": "Id"},
        settle=_topic_policy, settles=frozenset({"PolicyDocument", "Topics"}),
    ),
    ResourceKind(
        "AWS::SQS::Queue", "sqs",
        create="CreateQueue", describe="GetQueueUrl", delete="DeleteQueue",
        name="QueueName", limit=75, keys={"QueueUrl": "QueueUrl"}, claims="*",
        describe_keys={"QueueName": "QueueName"},
        physical="QueueUrl",
        attributes={"QueueUrl": "QueueUrl", "QueueName": "QueueName",
                    "Arn": "arn:aws:sqs:{Region}:{Account}:{QueueName}"},
        convert=_as_attributes(_QUEUE), converts=_QUEUE, settle=_queue, finish_name=fifo_name,
        tagging=Tagging("TagQueue", "UntagQueue", "QueueUrl", "QueueUrl"),
    ),
    ResourceKind(
        "AWS::SQS::QueuePolicy", "sqs",
        name="Id", limit=80, keys={"Id": "Id"}, physical="Id", attributes={"Id": "Id"},
        settle=_queue_policy, settles=frozenset({"PolicyDocument", "Queues"}),
    ),
)  # fmt: skip
