"""PutEvents and TestEventPattern: how events come onto a bus."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.eventbridge.pattern import compile_pattern
from simulator.aws.eventbridge.permissions import policy_of
from simulator.aws.eventbridge.rows import bus_arn, bus_name, find_bus
from simulator.aws.iam.decision import denial
from simulator.aws.iam.evaluate import AccessRequest, PolicySet, evaluate
from simulator.aws.iam.principals import Caller
from simulator.aws.iam.statements import PolicyDocument, Statement
from simulator.kernel.errors import CallerError

_ANYTHING = PolicyDocument((Statement("Allow", actions=("*",), resources=("*",)),))
_MOST_BYTES = 1024 * 1024
_ENVELOPE = ("id", "detail-type", "source", "account", "time", "region", "resources", "detail")


@behaviour("events", "PutEvents")
async def put_events(call: Call) -> Answer:
    """Each entry is taken or refused by itself; what is taken becomes a fact with an event, which delivery reads."""
    entries = call.params["Entries"]
    if sum(_size(entry) for entry in entries) > _MOST_BYTES:
        text = "Total size of the entries in the request is over the limit."
        raise CallerError("ValidationException", text, 400)
    places = [_place(call, entry) for entry in entries]
    results: list[dict[str, Any]] = []
    with call.kernel.store.transaction():
        for entry, place in zip(entries, places, strict=True):
            refusal = _refusal(entry)
            results.append(refusal or {"EventId": _put(call, entry, *place)})
    return {"FailedEntryCount": sum("ErrorCode" in result for result in results), "Entries": results}


@behaviour("events", "TestEventPattern")
async def test_event_pattern(call: Call) -> Answer:
    """Whether an event matches a pattern. The event must have the members of an envelope."""
    pattern = compile_pattern(call.params["EventPattern"])
    try:
        event = json.loads(call.params["Event"])
    except ValueError as error:
        raise CallerError("ValidationException", "Parameter Event is not valid.", 400) from error
    missing = [name for name in _ENVELOPE if not isinstance(event, dict) or name not in event]
    if missing:
        text = f"Parameter Event is not valid. Reason: {missing[0]} is a required field."
        raise CallerError("ValidationException", text, 400)
    return {"Result": pattern.matches(event)}


def _place(call: Call, entry: dict[str, Any]) -> tuple[str, str, str]:
    """The account, region and name of the entry's bus; raises AccessDeniedException for another account's bus."""
    given = entry.get("EventBusName") or "default"
    if not given.startswith("arn:"):
        return call.account, call.region, given
    _, _, _, region, account, _ = given.split(":", 5)
    name = bus_name(given)
    if account != call.account:
        row = find_bus(call.kernel.store, account, region, name)
        who = call.principal
        request = AccessRequest(
            Caller(who.arn, who.account, who.role_arn), "events:PutEvents", given, account
        )
        # The identity side was asked by the gateway; the bus's own policy is asked here.
        decision = evaluate(request, PolicySet((_ANYTHING,), policy_of(row)))
        if not decision.allowed:
            text = denial(who.arn, request.action, given, decision)
            raise CallerError("AccessDeniedException", text, 400)
    return account, region, name


def _refusal(entry: dict[str, Any]) -> dict[str, str] | None:
    """AWS's ErrorCode and ErrorMessage for an entry that it does not take."""
    for name in ("Source", "DetailType", "Detail"):
        if not entry.get(name):
            text = f"Parameter {name} is not valid. Reason: {name} is a required argument."
            return {"ErrorCode": "InvalidArgument", "ErrorMessage": text}
    if entry["Source"].startswith("aws."):
        text = "Not authorized for the source."
        return {"ErrorCode": "NotAuthorizedForSourceException", "ErrorMessage": text}
    try:
        detail = json.loads(entry["Detail"])
    except ValueError:
        detail = None
    if not isinstance(detail, dict):
        return {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
    return None


def _put(call: Call, entry: dict[str, Any], account: str, region: str, name: str) -> str:
    event_id = call.kernel.ids.uuid()
    event = {
        "id": event_id,
        "source": entry["Source"],
        "detail-type": entry["DetailType"],
        "account": call.account,
        "region": call.region,
        "time": _epoch(entry.get("Time"), call.kernel.clock.now()),
        "resources": entry.get("Resources", []),
        "detail": json.loads(entry["Detail"]),
    }
    detail: dict[str, object] = {"event": event, "bus": name}
    call.kernel.log.record("EventPut", bus_arn(account, region, name), detail, account=account, region=region)
    return event_id


def _epoch(given: Any, now: float) -> float:
    if given is None:
        return now
    return given.timestamp() if isinstance(given, datetime) else float(given)


def _size(entry: dict[str, Any]) -> int:
    """Bytes of an entry as AWS counts them. Source: EventBridge user guide, "Calculating PutEvents entry size"."""
    texts = [entry.get(name, "") for name in ("Source", "DetailType", "Detail")] + entry.get("Resources", [])
    return sum(len(text.encode()) for text in texts) + (14 if "Time" in entry else 0)
