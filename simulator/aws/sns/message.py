"""A published message in SNS's shapes: the text for each protocol, the notification around it, the filter upon it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from simulator.kernel.errors import CallerError

_MOST_BYTES = 256 * 1024
_SUBJECT_LENGTH = 100


def invalid(text: str) -> CallerError:
    """SNS's InvalidParameter."""
    return CallerError("InvalidParameter", f"Invalid parameter: {text}", 400)


def check(params: Mapping[str, Any]) -> None:
    """SNS's checks of a message that the model does not hold. Source: SNS API reference, Publish."""
    message = params["Message"]
    if not message:
        raise invalid("Empty message")
    if len(message.encode()) > _MOST_BYTES:
        raise invalid("Message too long")
    subject = params.get("Subject")
    if subject is not None and (not subject or len(subject) > _SUBJECT_LENGTH or "\n" in subject):
        raise invalid("Subject")
    structure = params.get("MessageStructure")
    if structure not in (None, "json"):
        raise invalid(f"Message Structure - {structure} is not supported")
    if structure == "json":
        _default(message)


def text_for(protocol: str, message: Mapping[str, Any]) -> str:
    """The message for a protocol; with MessageStructure json each protocol may have its own."""
    if message.get("MessageStructure") != "json":
        return str(message["Message"])
    texts = _default(message["Message"])
    return str(texts.get(protocol, texts["default"]))


def notification(message: Mapping[str, Any], text: str, subscription_arn: str, region: str) -> dict[str, Any]:
    """The JSON that a subscriber receives. The signature is a placeholder: nobody but AWS can make one.

    Source: SNS developer guide, "HTTP/HTTPS notification JSON format".
    """
    host = f"https://sns.{region}.amazonaws.com"
    found: dict[str, Any] = {
        "Type": "Notification",
        "MessageId": message["MessageId"],
        "TopicArn": message["TopicArn"],
    }
    if "Subject" in message:
        found["Subject"] = message["Subject"]
    found |= {
        "Message": text,
        "Timestamp": stamp(message["time"]),
        "SignatureVersion": "1",
        "Signature": "SIMULATED",
        "SigningCertURL": f"{host}/SimpleNotificationService-simulated.pem",
        "UnsubscribeURL": f"{host}/?Action=Unsubscribe&SubscriptionArn={subscription_arn}",
    }
    if attributes := message.get("MessageAttributes"):
        found["MessageAttributes"] = {
            name: {"Type": value["DataType"], "Value": value.get("StringValue", value.get("BinaryValue"))}
            for name, value in attributes.items()
        }
    return found


def lambda_event(found: Mapping[str, Any], subscription_arn: str) -> dict[str, Any]:
    """A notification as a function receives it.

    Source: Lambda developer guide, "Invoking Lambda functions with Amazon SNS notifications".
    """
    spelled = {"SigningCertURL": "SigningCertUrl", "UnsubscribeURL": "UnsubscribeUrl"}
    inner = {spelled.get(name, name): value for name, value in found.items()}
    record = {
        "EventSource": "aws:sns",
        "EventVersion": "1.0",
        "EventSubscriptionArn": subscription_arn,
        "Sns": {"Subject": None, "MessageAttributes": {}, **inner},
    }
    return {"Records": [record]}


def filterable(message: Mapping[str, Any], scope: str) -> dict[str, Any] | None:
    """What a filter policy looks at: the message's attributes, or its body if that is a JSON object (None if not)."""
    if scope == "MessageBody":
        try:
            body = json.loads(message["Message"])
        except ValueError:
            return None
        return body if isinstance(body, dict) else None
    return {name: _value(value) for name, value in message.get("MessageAttributes", {}).items()}


def stamp(moment: float) -> str:
    """SNS's form of a time, `2026-03-01T10:00:00.000Z`."""
    return (
        datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.")
        + f"{int(moment * 1000) % 1000:03}Z"
    )


def _value(attribute: Mapping[str, Any]) -> Any:
    text = attribute.get("StringValue", "")
    if attribute["DataType"].startswith("Number"):
        return float(text)
    if attribute["DataType"] == "String.Array":
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text


def _default(message: str) -> dict[str, Any]:
    try:
        texts = json.loads(message)
    except ValueError as error:
        raise invalid("Message Structure - JSON message body failed to parse") from error
    if not isinstance(texts, dict) or not isinstance(texts.get("default"), str):
        raise invalid("Message Structure - No default entry in JSON message body")
    return texts
