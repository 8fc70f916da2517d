"""Invoke: RequestResponse, Event and DryRun."""

from __future__ import annotations

import json

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.lambda_ import asynchronous, report, states
from simulator.aws.lambda_.invocation import Event, run
from simulator.aws.lambda_.rows import Resolved, function_of, resolve
from simulator.kernel.errors import CallerError, NotSimulated

# Source: developer guide, "Lambda quotas": invocation payload, synchronous and asynchronous.
_MOST_BYTES = {"RequestResponse": 6_291_456, "Event": 1_048_576, "DryRun": 6_291_456}


@behaviour("lambda", "Invoke")
async def invoke(call: Call) -> Answer:
    """Run the function and answer what it answered; with Event it is queued, with DryRun nothing runs."""
    for member in ("DurableExecutionName", "TenantId"):
        if call.params.get(member):
            raise NotSimulated(f"{member} of lambda:Invoke", "Leave it out.")
    kind = call.params.get("InvocationType", "RequestResponse")
    found, body = await _found(call), bytes(call.params.get("Payload") or b"{}")
    _check_payload(kind, body)
    if kind == "DryRun":
        return {"StatusCode": 204, "Payload": b""}
    event = Event(call.request_id or call.kernel.ids.uuid(), body, call.params.get("ClientContext", ""))
    if kind == "Event":
        asynchronous.queue(call.kernel, found.asked, event)
        return {"StatusCode": 202, "Payload": b""}
    outcome = await run(call.cloud, found, event)
    answer: Answer = {"StatusCode": 200, "ExecutedVersion": outcome.version, "Payload": outcome.payload}
    if outcome.error:
        answer["FunctionError"] = outcome.error
    if call.params.get("LogType") == "Tail":
        answer["LogResult"] = report.tail(outcome.lines)
    return answer


async def _found(call: Call) -> Resolved:
    function = function_of(call)
    await states.held(call, function)
    return resolve(call.kernel.store, function, choice=call.kernel.ids.fraction())


def _check_payload(kind: str, body: bytes) -> None:
    if len(body) > _MOST_BYTES[kind]:
        raise CallerError(
            "RequestTooLargeException",
            f"{len(body)} byte payload is too large for the {kind} invocation type (limit {_MOST_BYTES[kind]} bytes)",
            413,
            Type="User",
        )
    try:
        json.loads(body)
    except ValueError as error:
        text = f"Could not parse request body into json: {error}"
        raise CallerError("InvalidRequestContentException", text, 400, Type="User") from error
