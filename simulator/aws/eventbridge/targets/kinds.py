"""The kinds of target that are simulated, told by ARN; the others are refused by name at PutTargets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.aws.eventbridge.targets.api_destination import send_to_api_destination
from simulator.aws.eventbridge.targets.bus_target import send_to_bus
from simulator.aws.eventbridge.targets.function_target import send_to_function
from simulator.aws.eventbridge.targets.invocation import Sender
from simulator.aws.eventbridge.targets.log_group import send_to_log_group
from simulator.aws.eventbridge.targets.queue_target import send_to_queue
from simulator.aws.eventbridge.targets.sagemaker_pipeline import start_pipeline
from simulator.aws.eventbridge.targets.topic import send_to_topic
from simulator.kernel.errors import CallerError, NotSimulated


@dataclass(frozen=True)
class Kind:
    """A kind of target: its ARN from the service on, how it is sent to, whether it must have a role."""

    name: str
    arn: str
    send: Sender
    needs_role: bool = False


KINDS = (
    Kind(
        "API destination", r"events:[^:]+:\d{12}:api-destination/.+", send_to_api_destination, needs_role=True
    ),
    Kind("event bus", r"events:[^:]+:\d{12}:event-bus/.+", send_to_bus),
    Kind("SQS queue", r"sqs:[^:]+:\d{12}:[^:]+", send_to_queue),
    Kind("SNS topic", r"sns:[^:]+:\d{12}:[^:]+", send_to_topic),
    Kind("Lambda function", r"lambda:[^:]+:\d{12}:function:[^:]+(:[^:]+)?", send_to_function),
    Kind("CloudWatch Logs group", r"logs:[^:]+:\d{12}:log-group:.+", send_to_log_group),
    Kind("SageMaker pipeline", r"sagemaker:[^:]+:\d{12}:pipeline/.+", start_pipeline, needs_role=True),
)


def kind_of(arn: str) -> Kind | None:
    """The kind of a target's ARN, None if it is not simulated."""
    match = re.fullmatch(r"arn:aws[\w-]*:(.+)", arn, re.DOTALL)
    return next((kind for kind in KINDS if match and re.fullmatch(kind.arn, match[1])), None)


def check_target(target: Mapping[str, Any]) -> None:
    """Refuse a target that AWS refuses (ValidationException), or that is not simulated (by name)."""
    arn, name = str(target["Arn"]), target["Id"]
    if not re.fullmatch(r"arn:aws[\w-]*:[\w-]+:[\w-]*:(\d{12})?:.+", arn, re.DOTALL):
        text = f"Parameter {arn} is not valid. Reason: Provided Arn is not in correct format."
        raise CallerError("ValidationException", text, 400)
    kind = kind_of(arn)
    if kind is None:
        service = arn.split(":")[2]
        known = ", ".join(kind.name for kind in KINDS)
        raise NotSimulated(f"EventBridge target of service {service} ({arn})", f"Targets that are: {known}.")
    if kind.needs_role and "RoleArn" not in target:
        raise CallerError("ValidationException", f"RoleArn is required for target {name}.", 400)
