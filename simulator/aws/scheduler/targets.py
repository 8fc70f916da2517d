"""What a schedule calls: templated targets, and any operation as a universal target; the rest is refused by name.

Source: EventBridge Scheduler user guide, "Using templated targets" and "Using universal targets".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from simulator.aws.protocol.models import UnknownOperation, operation_model
from simulator.aws.scheduler.rows import invalid
from simulator.kernel.errors import NotSimulated

_UNIVERSAL = re.compile(r"arn:aws[\w-]*:scheduler:::aws-sdk:([\w-]+):(\w+)")
_SERVICES = ("sagemaker", "lambda", "sqs", "sns", "events")
# The SDK for Java names these services otherwise than botocore.
_NAMES = {"sfn": "stepfunctions", "eventbridge": "events", "cloudwatchlogs": "logs"}


def check(target: Mapping[str, Any]) -> None:
    """Refuse what AWS refuses, and by name what is not simulated."""
    arn = str(target["Arn"])
    if universal := _UNIVERSAL.fullmatch(arn):
        _operation(universal)
        return
    parts = arn.split(":", 5)
    if len(parts) < 6:
        raise invalid(f"Provided Arn is not in correct format: {arn}")
    service = parts[2]
    if service not in _SERVICES or (service == "sagemaker" and not parts[5].startswith("pipeline/")):
        known = "SageMaker pipelines, Lambda, SQS, SNS, event buses and universal targets"
        raise NotSimulated(f"EventBridge Scheduler target {arn}", f"Targets that are: {known}.")
    if service == "events" and "EventBridgeParameters" not in target:
        raise invalid("EventBridgeParameters is required for this target.")


def call_of(target: Mapping[str, Any], text: str, delivery: str) -> tuple[str, str, dict[str, Any]]:
    """Service, operation and parameters of one invocation; `text` is the input with its keywords put in."""
    arn = str(target["Arn"])
    if universal := _UNIVERSAL.fullmatch(arn):
        service, operation = _operation(universal)
        return service, operation, dict(json.loads(text or "{}"))
    _, _, service, region, account, resource = arn.split(":", 5)
    if service == "sagemaker":
        given = target.get("SageMakerPipelineParameters", {}).get("PipelineParameterList", [])
        params: dict[str, Any] = {"PipelineName": resource.split("/", 1)[1], "ClientRequestToken": delivery}
        return service, "StartPipelineExecution", params | ({"PipelineParameters": given} if given else {})
    if service == "lambda":
        event = {"FunctionName": arn, "InvocationType": "Event", "Payload": (text or "{}").encode()}
        return service, "Invoke", event
    if service == "sqs":
        url = f"https://sqs.{region}.amazonaws.com/{account}/{resource}"
        group = (
            {"MessageGroupId": target["SqsParameters"]["MessageGroupId"]} if "SqsParameters" in target else {}
        )
        return service, "SendMessage", {"QueueUrl": url, "MessageBody": text, **group}
    if service == "sns":
        return service, "Publish", {"TopicArn": arn, "Message": text}
    given = target["EventBridgeParameters"]
    entry = {"EventBusName": arn, "Source": given["Source"], "DetailType": given["DetailType"]}
    return service, "PutEvents", {"Entries": [{**entry, "Detail": text or "{}"}]}


def with_keywords(text: str, values: Mapping[str, str]) -> str:
    """The input with `<aws.scheduler.execution-id>` and its kin put in."""
    for name, value in values.items():
        text = text.replace(f"<aws.scheduler.{name}>", value)
    return text


def _operation(universal: re.Match[str]) -> tuple[str, str]:
    service, action = _NAMES.get(universal[1], universal[1]), universal[2]
    operation = action[0].upper() + action[1:]
    try:
        operation_model(service, operation)
    except UnknownOperation as error:
        raise invalid(f"{universal[1]} is not a valid service, or {action} not its operation.") from error
    if operation.startswith(("Get", "List", "Describe")):
        raise invalid(f"{action} is a read-only operation, which a universal target cannot be.")
    return service, operation
