"""Custom resources: a function, or who listens to a topic, makes them and answers to a link.

Source: CloudFormation User Guide, "Custom resource reference": request and response objects.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.aws.cloudformation import custom_responses
from simulator.aws.cloudformation.calls import Calls, GivenUp, ResourceFailed
from simulator.aws.cloudformation.handlers.kind import Made, Properties, ResourceKind
from simulator.aws.cloudformation.intrinsics import text
from simulator.kernel.errors import CallerError, NotSimulated

TYPE = "AWS::CloudFormation::CustomResource"
TIMEOUT_SECONDS = 3600.0
"""Real seconds to wait for an answer, unless ServiceTimeout says otherwise."""


@dataclass(frozen=True)
class CustomResource(ResourceKind):
    """Asks with a request of each kind. Attributes are whatever the answer's Data has."""

    def unsupported(self, properties: Properties) -> list[str]:
        """Everything is handed to the function."""
        return []

    async def make(
        self, calls: Calls, name: str, properties: Properties, initiated: Callable[[Made], None]
    ) -> Made:
        """Create; the physical id is the answer's, even when it says that it failed, for the Delete that follows."""
        asked = await _ask(calls, "Create", self.type, properties, {})
        provisional = f"{calls.stack}-{calls.logical}-{asked[:12].upper()}"
        initiated(Made(provisional, {}, {}))
        answer = await _answer(calls, asked, properties)
        physical = str(answer.get("PhysicalResourceId") or "")
        if physical:
            initiated(Made(physical, {}, {}))
        _check(answer, asked)
        return Made(physical, _attributes(answer), {})

    async def change(self, calls: Calls, made: Made, old: Properties, new: Properties) -> Made:
        """Update; another physical id in the answer makes this a replacement, and the old one is deleted later."""
        more = {"PhysicalResourceId": made.physical, "OldResourceProperties": _texts(old)}
        asked = await _ask(calls, "Update", self.type, new, more)
        answer = await _answer(calls, asked, new)
        _check(answer, asked)
        return Made(str(answer["PhysicalResourceId"]), _attributes(answer), {})

    async def remove(self, calls: Calls, made: Made, properties: Properties) -> None:
        """Delete; a function that is gone cannot be asked, and the resource stays undeleted, as on AWS."""
        more = {"PhysicalResourceId": made.physical}
        asked = await _ask(calls, "Delete", self.type, properties, more)
        _check(await _answer(calls, asked, properties), asked, needs_id=False)


async def _ask(
    calls: Calls, kind: str, type_name: str, properties: Properties, more: Mapping[str, Any]
) -> str:
    """Send the request, once for each step of an operation; its id."""
    store = calls.cloud.kernel.store
    step = json.dumps([calls.token, calls.account, calls.stack, kind, more, dict(properties)], sort_keys=True)
    request_id = str(uuid.UUID(bytes=hashlib.sha256(step.encode()).digest()[:16], version=4))
    if store.get(custom_responses.ROW, request_id) is not None:
        return request_id  # asked before a restart
    token = str(properties["ServiceToken"])
    request = {
        "RequestType": kind,
        "ServiceToken": token,
        "ResponseURL": custom_responses.link(calls.cloud.kernel, calls.region, request_id),
        "StackId": calls.stack_id,
        "RequestId": request_id,
        "LogicalResourceId": calls.logical,
        "ResourceType": type_name,
        "ResourceProperties": _texts(properties),
        **more,
    }
    store.put(custom_responses.ROW, request_id, {"stack": calls.stack_id, "logical": calls.logical})
    try:
        await _send(calls, token, request)
    except CallerError as error:
        store.delete(custom_responses.ROW, request_id)
        raise ResourceFailed(error.message) from error
    return request_id


async def _send(calls: Calls, token: str, request: Mapping[str, Any]) -> None:
    service = token.split(":")[2] if token.startswith("arn:") else ""
    body = json.dumps(request)
    if service == "lambda":
        event = {"FunctionName": token, "InvocationType": "Event", "Payload": body.encode()}
        await calls.call("lambda", "Invoke", event)
    elif service == "sns":
        subject = "AWS CloudFormation custom resource request"
        await calls.call("sns", "Publish", {"TopicArn": token, "Message": body, "Subject": subject})
    elif service:
        raise NotSimulated(f"a custom resource's ServiceToken of {service}", "Name a function or a topic.")
    else:
        raise ResourceFailed(f"Invalid service token: {token}")


async def _answer(calls: Calls, request_id: str, properties: Properties) -> dict[str, Any]:
    """Wait for the answer, in real time; raises ResourceFailed when there is none in time."""
    kernel = calls.cloud.kernel
    until = kernel.clock.wall() + float(properties.get("ServiceTimeout") or TIMEOUT_SECONDS)
    while True:
        since, row = kernel.log.last(), kernel.store.get(custom_responses.ROW, request_id)
        if row is not None and "response" in row:
            kernel.store.delete(custom_responses.ROW, request_id)
            found: dict[str, Any] = row["response"]
            return found
        if kernel.clock.wall() >= until:
            kernel.store.delete(custom_responses.ROW, request_id)
            raise ResourceFailed(
                "CloudFormation did not receive a response from your Custom Resource. "
                f"Please check your logs for requestId [{request_id}]. If you are using the Python cfn-response "
                "module, you may need to update your Lambda function code so that CloudFormation can attach the "
                "updated version."
            )
        try:
            await calls.pause(since)
        except GivenUp:
            kernel.store.delete(custom_responses.ROW, request_id)
            raise


def _check(answer: Mapping[str, Any], request_id: str, *, needs_id: bool = True) -> None:
    if answer.get("unread"):
        raise ResourceFailed(str(answer["unread"]))
    if answer["Status"] == "FAILED":
        raise ResourceFailed(
            "Received response status [FAILED] from custom resource. "
            f"Message returned: {answer.get('Reason') or ''} (RequestId: {request_id})"
        )
    if needs_id and not answer.get("PhysicalResourceId"):
        raise ResourceFailed("Invalid PhysicalResourceId")


def _attributes(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Data, and with dots what lies deeper."""
    found: dict[str, Any] = {}

    def lay(prefix: str, data: Mapping[str, Any]) -> None:
        for name, value in data.items():
            found[f"{prefix}{name}"] = value
            if isinstance(value, Mapping):
                lay(f"{prefix}{name}.", value)

    lay("", answer.get("Data") or {})
    return found


def _texts(value: Any) -> Any:
    """Properties as the request carries them: every scalar is text. `ServiceTimeout` stays with CloudFormation."""
    if isinstance(value, Mapping):
        return {name: _texts(item) for name, item in value.items() if name != "ServiceTimeout"}
    if isinstance(value, list):
        return [_texts(item) for item in value]
    return text(value)


KIND = CustomResource(TYPE, "cloudformation", physical="Id", attributes={"Id": "Id"})
