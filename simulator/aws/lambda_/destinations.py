"""Where the end of an asynchronous invocation is told: its destinations, and the dead-letter queue."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from simulator.aws.behaviour import Cloud
from simulator.aws.lambda_.acting import Actor, as_role
from simulator.aws.lambda_.invocation import Event, Outcome
from simulator.aws.lambda_.rows import Resolved
from simulator.kernel.errors import CallerError, NotSimulated


@dataclass(frozen=True)
class Ending:
    """How an asynchronous invocation ended; `expired` when the event became too old for another attempt."""

    found: Resolved
    event: Event
    outcome: Outcome
    attempts: int
    expired: bool

    @property
    def condition(self) -> str:
        """As the record names it."""
        if not self.outcome.error:
            return "Success"
        return "EventAgeExceeded" if self.expired else "RetriesExhausted"


async def tell(cloud: Cloud, ending: Ending, destinations: Mapping[str, Any]) -> None:
    """Send the record to the destination of success or failure, and the event to the dead-letter queue."""
    failed = bool(ending.outcome.error)
    role = as_role(cloud, ending.found.config["Role"], ending.found.asked)
    target = destinations.get("OnFailure" if failed else "OnSuccess", {}).get("Destination")
    letters = ending.found.config.get("DeadLetterConfig", {}).get("TargetArn")
    if target:
        await _guarded(role, ending, target, _record(cloud, ending), {})
    if failed and letters:
        attributes = {
            "RequestID": ending.event.request_id,
            "ErrorCode": "200",
            "ErrorMessage": _message(ending.outcome.payload),
        }
        await _guarded(role, ending, letters, ending.event.body.decode(), attributes)


async def _guarded(role: Actor, ending: Ending, arn: str, body: str, attributes: Mapping[str, str]) -> None:
    """What the destination refuses is a fact, as it is only a metric on AWS (DestinationDeliveryFailures)."""
    try:
        await _send(role, ending, arn, body, attributes)
    except (CallerError, NotSimulated) as error:
        detail: dict[str, object] = {"error": str(error), "request_id": ending.event.request_id}
        role.cloud.kernel.log.record(
            "DestinationDeliveryFailed", arn, detail, account=role.account, region=role.region
        )


async def _send(role: Actor, ending: Ending, arn: str, body: str, attributes: Mapping[str, str]) -> None:
    _, _, service, _, account, resource = arn.split(":", 5)
    given = {name: {"DataType": "String", "StringValue": text} for name, text in attributes.items()}
    if service == "sqs":
        asked = {"QueueName": resource, "QueueOwnerAWSAccountId": account}
        url = (await role.call("sqs", "GetQueueUrl", asked))["QueueUrl"]
        await role.call(
            "sqs", "SendMessage", {"QueueUrl": url, "MessageBody": body, "MessageAttributes": given}
        )
    elif service == "sns":
        await role.call("sns", "Publish", {"TopicArn": arn, "Message": body, "MessageAttributes": given})
    elif service == "lambda":
        params = {"FunctionName": arn, "InvocationType": "Event", "Payload": body.encode()}
        await role.call("lambda", "Invoke", params)
    elif service == "events":
        await role.call("events", "PutEvents", {"Entries": [_entry(ending, arn, body)]})
    else:
        raise NotSimulated(
            f"the destination {arn} of a Lambda function", "Use SQS, SNS, Lambda or EventBridge."
        )


def _entry(ending: Ending, bus: str, body: str) -> dict[str, Any]:
    how = "Failure" if ending.outcome.error else "Success"
    return {
        "EventBusName": bus,
        "Source": "lambda",
        "DetailType": f"Lambda Function Invocation Result - {how}",
        "Resources": [bus, f"{ending.found.asked.arn}:{ending.found.version}"],
        "Detail": body,
    }


def _record(cloud: Cloud, ending: Ending) -> str:
    """The invocation record. Source: developer guide, "Capturing records of Lambda asynchronous invocations"."""
    outcome, moment = ending.outcome, datetime.fromtimestamp(cloud.kernel.clock.now(), UTC)
    context: dict[str, Any] = {"statusCode": 200, "executedVersion": outcome.version}
    if outcome.error:
        context["functionError"] = outcome.error
    record = {
        "version": "1.0",
        "timestamp": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "requestContext": {
            "requestId": ending.event.request_id,
            "functionArn": f"{ending.found.asked.arn}:{ending.found.asked.qualifier or outcome.version}",
            "condition": ending.condition,
            "approximateInvokeCount": ending.attempts,
        },
        "requestPayload": json.loads(ending.event.body),
        "responseContext": context,
        "responsePayload": _parsed(outcome.payload),
    }
    return json.dumps(record, separators=(",", ":"))


def _parsed(payload: bytes) -> Any:
    try:
        return json.loads(payload)
    except ValueError:  # a handler may answer text that is no JSON
        return payload.decode(errors="replace")


def _message(payload: bytes) -> str:
    """The function's own error message, of which a dead letter takes the first KB."""
    found = _parsed(payload)
    return str(found.get("errorMessage", "") if isinstance(found, dict) else found)[:1024] or "Unhandled"
