"""Notifications as rows and timers: to queues and functions at once, to HTTP with retries, then the dead letter."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from simulator.aws.behaviour import Cloud
from simulator.aws.iam.service_access import service_denial
from simulator.aws.principal import Principal
from simulator.aws.sns.message import lambda_event, notification, text_for
from simulator.kernel.errors import CallerError, NotSimulated
from simulator.kernel.outbound import OutboundFailed, OutboundRefused
from simulator.kernel.world import Kernel

ACTION = "sns.deliver"
_ROW = "sns.delivery"
_SERVICE = "sns.amazonaws.com"
# Source: SNS developer guide, "Creating an HTTP/S delivery policy": three retries 20 s apart, 15 s each.
_HTTP_RETRIES, _HTTP_RETRY_SECONDS, _HTTP_TIMEOUT_SECONDS = 3, 20.0, 15.0


class NotDelivered(Exception):
    """The endpoint did not take the notification; `retryable` says whether SNS would try again."""

    def __init__(self, message: str, retryable: bool) -> None:
        super().__init__(message)
        self.retryable = retryable


def queue_notification(
    kernel: Kernel, subscription: Mapping[str, Any], message: Mapping[str, Any], account: str, region: str
) -> None:
    """Write a delivery and its timer; inside a transaction."""
    key = kernel.ids.uuid()
    row = {
        "subscription": dict(subscription),
        "message": dict(message),
        "account": account,
        "region": region,
        "retries": 0,
    }
    kernel.store.put(_ROW, key, row)
    kernel.scheduler.at(kernel.clock.now(), ACTION, {"delivery": key}, f"{ACTION}/{key}")


class Deliver:
    """The action of SNS's timers."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._kernel: Kernel = cloud.kernel

    async def attempt(self, payload: dict[str, Any]) -> None:
        """One attempt of one delivery; may run again after a crash, so a subscriber may see a message twice."""
        key = payload["delivery"]
        row = self._kernel.store.get(_ROW, key)
        if row is None:
            return
        try:
            await self._send(row)
        except NotDelivered as failure:
            await self._failed(key, row, failure)
            return
        with self._kernel.store.transaction():
            self._kernel.store.delete(_ROW, key)
            self._record("NotificationDelivered", row, {})

    async def _failed(self, key: str, row: dict[str, Any], failure: NotDelivered) -> None:
        again = failure.retryable and row["retries"] < _HTTP_RETRIES
        buried = "" if again else await self._bury(row)
        with self._kernel.store.transaction():
            detail: dict[str, object] = {"error": str(failure), "retried": again, "dead_letter_queue": buried}
            self._record("NotificationFailed", row, detail)
            if again:
                self._kernel.store.put(_ROW, key, {**row, "retries": row["retries"] + 1})
                moment = self._kernel.clock.now() + _HTTP_RETRY_SECONDS
                self._kernel.scheduler.at(moment, ACTION, {"delivery": key}, f"{ACTION}/{key}")
            else:
                self._kernel.store.delete(_ROW, key)

    async def _send(self, row: dict[str, Any]) -> None:
        subscription, message = row["subscription"], row["message"]
        raw = subscription["attributes"].get("RawMessageDelivery") == "true"
        text = text_for(subscription["Protocol"], message)
        wrapped = notification(message, text, subscription["SubscriptionArn"], row["region"])
        body = text if raw else json.dumps(wrapped)
        if subscription["Protocol"] == "sqs":
            attributes = message.get("MessageAttributes", {}) if raw else {}
            await self._send_to_queue(subscription["Endpoint"], body, attributes, message["TopicArn"])
        elif subscription["Protocol"] == "lambda":
            event = lambda_event(wrapped, subscription["SubscriptionArn"])
            await self._invoke(subscription["Endpoint"], json.dumps(event), message["TopicArn"])
        else:
            await self._post(subscription, body, message, raw)

    async def _send_to_queue(self, arn: str, body: str, attributes: Mapping[str, Any], topic: str) -> None:
        """SendMessage to a queue whose policy lets SNS in for this topic."""
        account, name = arn.split(":")[4], arn.rsplit(":", 1)[-1]
        asked = {"QueueName": name, "QueueOwnerAWSAccountId": account}
        url = (await self._ask(arn, "GetQueueUrl", asked))["QueueUrl"]
        wanted = {"QueueUrl": url, "AttributeNames": ["Policy"]}
        found = await self._ask(arn, "GetQueueAttributes", wanted)
        policy = found.get("Attributes", {}).get("Policy", "")
        refusal = service_denial(policy, _SERVICE, "sqs:SendMessage", arn, topic.split(":")[4], topic)
        if refusal:
            raise NotDelivered(refusal, retryable=False)
        given = {name: _decoded(value) for name, value in attributes.items()}
        await self._ask(
            arn, "SendMessage", {"QueueUrl": url, "MessageBody": body, "MessageAttributes": given}
        )

    async def _invoke(self, arn: str, body: str, topic: str) -> None:
        """Invoke a function, asynchronously, whose policy lets SNS in for this topic."""
        asked = {"FunctionName": arn}
        policy = str((await self._ask(arn, "GetPolicy", asked, "lambda"))["Policy"])
        refusal = service_denial(policy, _SERVICE, "lambda:InvokeFunction", arn, topic.split(":")[4], topic)
        if refusal:
            raise NotDelivered(refusal, retryable=False)
        event = {**asked, "InvocationType": "Event", "Payload": body.encode()}
        await self._ask(arn, "Invoke", event, "lambda")

    async def _ask(
        self, arn: str, operation: str, params: Mapping[str, Any], service: str = "sqs"
    ) -> dict[str, Any]:
        _, _, _, region, account, *_ = arn.split(":", 5)
        asker = Principal.of_service(_SERVICE, account)
        try:
            return await self._cloud.call(
                service, operation, params, account=account, region=region, principal=asker
            )
        except (CallerError, NotSimulated) as error:
            raise NotDelivered(str(error), retryable=False) from error

    async def _post(
        self, subscription: Mapping[str, Any], body: str, message: Mapping[str, Any], raw: bool
    ) -> None:
        headers = {
            "Content-Type": "text/plain; charset=UTF-8",
            "User-Agent": "Amazon Simple Notification Service Agent",
            "x-amz-sns-message-type": "Notification",
            "x-amz-sns-message-id": message["MessageId"],
            "x-amz-sns-topic-arn": message["TopicArn"],
            "x-amz-sns-subscription-arn": subscription["SubscriptionArn"],
            **({"x-amz-sns-rawdelivery": "true"} if raw else {}),
        }
        try:
            answer = await self._kernel.outbound.send(
                "POST",
                subscription["Endpoint"],
                headers,
                body.encode(),
                timeout_seconds=_HTTP_TIMEOUT_SECONDS,
            )
        except OutboundFailed as error:
            raise NotDelivered(str(error), retryable=True) from error
        except OutboundRefused as error:
            raise NotDelivered(str(error), retryable=False) from error
        if not 200 <= answer.status < 300:
            retryable = answer.status >= 500 or answer.status == 429
            raise NotDelivered(f"HTTP status {answer.status}", retryable)

    async def _bury(self, row: dict[str, Any]) -> str:
        """Send the message to the dead-letter queue of the subscription's redrive policy; its ARN, or why not."""
        policy = row["subscription"]["attributes"].get("RedrivePolicy")
        if not policy:
            return ""
        queue, message = str(json.loads(policy)["deadLetterTargetArn"]), row["message"]
        body = json.dumps(
            notification(message, message["Message"], row["subscription"]["SubscriptionArn"], row["region"])
        )
        try:
            await self._send_to_queue(queue, body, {}, message["TopicArn"])
        except NotDelivered as failure:
            return f"{queue}: {failure}"
        return queue

    def _record(self, kind: str, row: dict[str, Any], detail: dict[str, object]) -> None:
        subscription = row["subscription"]
        told = {"endpoint": subscription["Endpoint"], "message_id": row["message"]["MessageId"], **detail}
        self._kernel.log.record(
            kind, subscription["SubscriptionArn"], told, account=row["account"], region=row["region"]
        )


def _decoded(attribute: Mapping[str, Any]) -> dict[str, Any]:
    """An attribute for SendMessage: bytes from base64."""
    found = dict(attribute)
    if "BinaryValue" in found:
        found["BinaryValue"] = base64.b64decode(found["BinaryValue"])
    return found
