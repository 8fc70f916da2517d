"""Rows of resources: create, find, change with a fact, describe, list and delete, the same for every kind."""

from __future__ import annotations

import base64
import binascii
import contextlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.protocol.models import operation_model
from simulator.aws.sagemaker import events
from simulator.aws.sagemaker.kinds.kind import Kind, Row
from simulator.kernel.errors import CallerError
from simulator.kernel.facts import Fact
from simulator.kernel.world import Kernel

HOLD_HEADER = "x-simulator-hold"
"""`0` asks for the state as it is now; the console sends it."""


def place(key: str) -> tuple[str, str, str]:
    """Account, region and name of a row key."""
    account, region, name = key.split("/", 2)
    return account, region, name


def arn_of(kind: Kind, key: str) -> str:
    """The ARN of the resource with this row key."""
    account, region, name = place(key)
    return f"arn:aws:sagemaker:{region}:{account}:{kind.arn}/{name}"


def key_of(call: Call, name_or_arn: str) -> str:
    """The row key of a resource named here, or named by its ARN anywhere."""
    if not name_or_arn.startswith("arn:"):
        return call.key(name_or_arn)
    _, _, _, region, account, resource = name_or_arn.split(":", 5)
    return f"{account}/{region}/{resource.split('/', 1)[-1]}"


def missing(kind: Kind, key: str) -> CallerError:
    """AWS's error for a resource that is not there."""
    code, text = kind.missing
    return CallerError(code, text.format(name=place(key)[2], arn=arn_of(kind, key)))


def fetch(kernel: Kernel, kind: Kind, key: str) -> Row:
    """The row; raises AWS's error where there is none."""
    row = kernel.store.get(kind.row, key)
    if row is None:
        raise missing(kind, key)
    return row


def insert(kernel: Kernel, kind: Kind, key: str, members: Mapping[str, Any], tags: Iterable[Any] = ()) -> Row:
    """Make a resource in its first state, with a fact; raises AWS's error where the name is taken."""
    arn, now = arn_of(kind, key), kernel.clock.now()
    name = place(key)[2]
    row = {
        **members,
        kind.name_member: name,
        kind.arn_member: arn,
        "CreationTime": now,
        "LastModifiedTime": now,
    }
    if kind.lifecycle:
        row.setdefault(kind.status_member, kind.lifecycle.initial)
    with kernel.store.transaction():
        if kernel.store.get(kind.row, key) is not None:
            code, text = kind.taken
            raise CallerError(code, text.format(name=name, arn=arn, noun=kind.noun))
        row = dict(to_json(row))
        if tags:
            kernel.store.put("sagemaker.tags", arn, {"tags": {t["Key"]: t["Value"] for t in tags}})
        row["_fact"] = _record(kernel, kind, key, row).sequence
        kernel.store.put(kind.row, key, row)
    return row


def change(kernel: Kernel, kind: Kind, key: str, members: Mapping[str, Any], *, quiet: bool = False) -> Row:
    """Set members of a row; a change of state obeys the lifecycle and is a fact. `quiet` is for our own notes."""
    with kernel.store.transaction():
        row = fetch(kernel, kind, key)
        old = row.get(kind.status_member)
        new = members.get(kind.status_member, old)
        if kind.lifecycle and new != old:
            kind.lifecycle.step(str(old), str(new))
        row |= to_json(members)
        if not quiet:
            row["LastModifiedTime"] = kernel.clock.now()
        kernel.store.put(kind.row, key, row)
        if not quiet:
            _record(kernel, kind, key, row)
    return row


def remove(kernel: Kernel, kind: Kind, key: str, status: str = "Deleted") -> None:
    """Delete a resource and its tags, with a fact; raises AWS's error where there is none."""
    with kernel.store.transaction():
        row = fetch(kernel, kind, key)
        kernel.store.delete(kind.row, key)
        kernel.store.delete("sagemaker.tags", arn_of(kind, key))
        _record(kernel, kind, key, {**row, kind.status_member: status})


def _record(kernel: Kernel, kind: Kind, key: str, row: Row) -> Fact:
    account, region, _ = place(key)
    detail: dict[str, object] = {
        "status": row.get(kind.status_member, ""),
        "name": row.get(kind.name_member, ""),
    }
    if secondary := row.get("SecondaryStatus"):
        detail["secondary_status"] = secondary
    if reason := row.get("FailureReason"):
        detail["failure_reason"] = reason
    shape = events.SHAPES.get(kind.name)
    if shape is not None:
        tags = (kernel.store.get("sagemaker.tags", row[kind.arn_member]) or {"tags": {}})["tags"]
        detail["event"] = shape(row, tags)
    return kernel.log.record(kind.fact, row[kind.arn_member], detail, account=account, region=region)


def shown(row: Mapping[str, Any]) -> Answer:
    """The members that clients see: all but our own notes, which begin with an underscore."""
    return {member: value for member, value in row.items() if not member.startswith("_")}


def visible(call: Call, row: Mapping[str, Any]) -> Answer:
    """The members of a row that the operation's answer has in the service model."""
    shape = operation_model(call.service, call.operation).output_shape
    members = shape.members if shape else ()
    return {member: row[member] for member in members if row.get(member) is not None}


async def settled(call: Call, kind: Kind, key: str) -> Row:
    """The row once it is at rest, or as it is when the hold is over: so that a waiter's sleep is not needed.

    Held at most `settings.hold_seconds` of real time; calls of the simulator's own services are held too.
    """
    hold = 0.0 if call.headers.get(HOLD_HEADER) == "0" else call.cloud.settings.hold_seconds
    kernel, until = call.kernel, call.kernel.clock.wall() + hold
    while True:
        seen, row = kernel.log.last(), fetch(kernel, kind, key)
        left = until - kernel.clock.wall()
        if row.get(kind.status_member) not in kind.in_progress or left <= 0:
            return row
        await kernel.log.wait(seen, left)


def describes(kind: Kind) -> None:
    """Enter the plain Describe of a kind in the table of behaviours."""

    async def describe(call: Call) -> Answer:
        return visible(call, await settled(call, kind, key_of(call, call.params[kind.name_member])))

    behaviour("sagemaker", f"Describe{kind.name}")(describe)


def lists(kind: Kind) -> None:
    """Enter the plain List of a kind in the table of behaviours."""

    async def listing(call: Call) -> Answer:
        rows = [row for _, row in call.kernel.store.scan(kind.row, call.key(""))]
        return page(call, kind, rows)

    plural = kind.plural or f"{kind.name}s"
    behaviour("sagemaker", f"List{plural}")(listing)


def deletes(kind: Kind) -> None:
    """Enter the plain Delete of a kind in the table of behaviours."""

    async def delete(call: Call) -> Answer:
        remove(call.kernel, kind, key_of(call, call.params[kind.name_member]))
        return {}

    behaviour("sagemaker", f"Delete{kind.name}")(delete)


def page(call: Call, kind: Kind, rows: Iterable[Row]) -> Answer:
    """One page of a List answer: filtered, sorted and cut as the request says."""
    params = call.params
    kept = [row for row in rows if _passes(kind, row, params)]
    sort, order = params.get("SortBy", kind.sort), params.get("SortOrder", kind.order)
    kept.sort(key=sort_key(kind, sort), reverse=order == "Descending")
    start, size = (
        offset(params.get("NextToken")),
        int(params.get("MaxResults", 10)),
    )
    answer: Answer = {
        kind.list_member: [
            {member: row[member] for member in kind.summary if row.get(member) is not None}
            for row in kept[start : start + size]
        ]
    }
    if start + size < len(kept):
        answer["NextToken"] = token(start + size)
    return answer


def sort_key(kind: Kind, sort: str) -> Callable[[Row], tuple[Any, str]]:
    """How `SortBy` orders rows; ties by ARN."""
    member = {"Name": kind.name_member, "Status": kind.status_member}.get(sort, sort)
    return lambda row: (row.get(member) or row.get("CreationTime") or "", str(row.get("_order", "")))


_EARLIEST = {"CreationTimeAfter": "CreationTime", "LastModifiedTimeAfter": "LastModifiedTime",
             "CreatedAfter": "CreationTime",
             "ScheduledTimeAfter": "ScheduledTime"}  # fmt: skip
_LATEST = {"CreationTimeBefore": "CreationTime", "LastModifiedTimeBefore": "LastModifiedTime",
           "CreatedBefore": "CreationTime", "ScheduledTimeBefore": "ScheduledTime"}  # fmt: skip
_EQUAL = ("ModelApprovalStatus", "EndpointName", "MonitoringJobDefinitionName", "MonitoringScheduleName")


def _passes(kind: Kind, row: Row, params: Mapping[str, Any]) -> bool:
    name = str(row.get(kind.name_member, ""))
    return (
        params.get("NameContains", "").lower() in name.lower()
        and name.startswith(params.get("PipelineNamePrefix", ""))
        and params.get("StatusEquals", row.get(kind.status_member)) == row.get(kind.status_member)
        and all(row[member] >= epoch(params[p]) for p, member in _EARLIEST.items() if p in params)
        and all(row[member] <= epoch(params[p]) for p, member in _LATEST.items() if p in params)
        and all(params[member] == row.get(member) for member in _EQUAL if member in params)
    )


def token(start: int) -> str:
    """A NextToken that stands for an offset."""
    return base64.b64encode(f"from:{start}".encode()).decode()


def offset(text: str | None) -> int:
    """The offset that a NextToken stands for; raises AWS's error for a token that is not ours."""
    if not text:
        return 0
    with contextlib.suppress(ValueError, binascii.Error):
        word, _, number = base64.b64decode(text, validate=True).decode().partition(":")
        if word == "from":
            return int(number)
    raise CallerError("ValidationException", "Invalid NextToken provided.")


def epoch(value: Any) -> float:
    """Seconds since the epoch of a timestamp parameter."""
    return value.timestamp() if isinstance(value, datetime) else float(value)


def to_json(value: Any) -> Any:
    """The value with timestamps as epoch seconds: what a row can hold."""
    if isinstance(value, Mapping):
        return {name: to_json(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_json(each) for each in value]
    return value.timestamp() if isinstance(value, datetime) else value
