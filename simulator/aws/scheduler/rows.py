"""The rows of schedules and their groups, and how each is named and found."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any

from simulator.aws.behaviour import Answer, Call
from simulator.kernel.errors import CallerError

SCHEDULE, GROUP, DELIVERY = "scheduler.schedule", "scheduler.group", "scheduler.delivery"
DEFAULT = "default"
SERVICE = "scheduler.amazonaws.com"
Row = dict[str, Any]


def key_of(call: Call) -> str:
    """The row key of the schedule that a call names."""
    return call.key(f"{call.params.get('GroupName', DEFAULT)}/{call.params['Name']}")


def group_of(call: Call, name: str) -> Row:
    """A group; `default` is always there. Raises ResourceNotFoundException."""
    row = call.kernel.store.get(GROUP, call.key(name))
    if row is None and name == DEFAULT:
        return {"Arn": group_arn(call, name), "Name": name, "State": "ACTIVE", "Tags": {}}
    if row is None:
        raise CallerError("ResourceNotFoundException", f"Schedule group {name} does not exist.", 404)
    return row


def group_arn(call: Call, name: str) -> str:
    """The ARN of a group."""
    return f"arn:aws:scheduler:{call.region}:{call.account}:schedule-group/{name}"


def schedule_of(call: Call) -> Row:
    """The schedule that a call names; raises ResourceNotFoundException for it or its group."""
    group_of(call, call.params.get("GroupName", DEFAULT))
    row = call.kernel.store.get(SCHEDULE, key_of(call))
    if row is None:
        raise CallerError("ResourceNotFoundException", f"Schedule {call.params['Name']} does not exist.", 404)
    return row


def invalid(message: str) -> CallerError:
    """ValidationException, 400."""
    return CallerError("ValidationException", message, 400)


def page(call: Call, member: str, items: Sequence[Row]) -> Answer:
    """One page of a list."""
    try:
        start = int(base64.b64decode(call.params.get("NextToken", "MA=="), validate=True))
    except (binascii.Error, ValueError) as error:
        raise invalid("Invalid pagination token.") from error
    size = int(call.params.get("MaxResults", 100))
    answer: Answer = {member: list(items[start : start + size])}
    if start + size < len(items):
        answer["NextToken"] = base64.b64encode(str(start + size).encode()).decode()
    return answer
