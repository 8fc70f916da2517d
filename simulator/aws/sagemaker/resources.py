"""Rows of resources: create, find, change with a fact, describe, list and delete, the same for every kind."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.protocol.models import operation_model
from simulator.aws.sagemaker import events, tag_keys
from simulator.aws.sagemaker.columns import index_of
from simulator.aws.sagemaker.kinds.kind import Kind, Row
from simulator.aws.sagemaker.kinds.table import TABLE
from simulator.aws.sagemaker.listing import PARENT as PARENT
from simulator.aws.sagemaker.listing import list_operation
from simulator.aws.sagemaker.listing import listed as listed
from simulator.aws.sagemaker.naming import arn_of as arn_of
from simulator.aws.sagemaker.naming import key_of as key_of
from simulator.aws.sagemaker.naming import place as place
from simulator.aws.sagemaker.paging import epoch as epoch
from simulator.aws.sagemaker.paging import offset as offset
from simulator.aws.sagemaker.paging import page as page
from simulator.aws.sagemaker.paging import sort_key as sort_key
from simulator.aws.sagemaker.paging import to_json as to_json
from simulator.aws.sagemaker.paging import token as token
from simulator.aws.sagemaker.quotas.check import admit
from simulator.kernel.errors import CallerError
from simulator.kernel.facts import Fact
from simulator.kernel.indexes import define
from simulator.kernel.world import Kernel

HOLD_HEADER = "x-simulator-hold"
"""`0` asks for the state as it is now; the console sends it."""


def missing(kind: Kind, key: str) -> CallerError:
    """AWS's error for a resource that is not there."""
    code, text = kind.missing
    name = place(key)[2]
    return CallerError(code, text.format(name=name, arn=arn_of(kind, key), kind=kind.name, noun=kind.noun))


def fetch(kernel: Kernel, kind: Kind, key: str) -> Row:
    """The row; raises AWS's error where there is none."""
    row = kernel.store.get(kind.row, key)
    if row is None:
        raise missing(kind, key)
    return row


def insert(kernel: Kernel, kind: Kind, key: str, members: Mapping[str, Any], tags: Iterable[Any] = ()) -> Row:
    """Make a resource in its first state, with a fact; raises AWS's error where the name is taken."""
    arn, now = arn_of(kind, key), round(kernel.clock.now(), 3)  # milliseconds, as on the wire
    name = place(key)[2]
    if kind.identity or kind.generated:
        name = members.get(kind.name_member, name)
    row = {
        **members,
        kind.name_member: name,
        kind.arn_member: arn,
        "CreationTime": now,
        "LastModifiedTime": now,
    }
    if first := kind.lifecycle.initial if kind.lifecycle else kind.begins:
        row.setdefault(kind.status_member, first)
    with kernel.store.transaction():
        if kernel.store.get(kind.row, key) is not None:
            code, text = kind.taken
            raise CallerError(code, text.format(name=name, arn=arn, kind=kind.name, noun=kind.noun))
        admit(kernel, kind, key)
        row = dict(to_json(row))
        if given := {t["Key"]: t["Value"] for t in tags}:
            tag_keys.check(given)
            kernel.store.put("sagemaker.tags", arn, {"tags": given})
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
            row["LastModifiedTime"] = round(kernel.clock.now(), 3)
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
    with kernel.log.watching(arn_of(kind, key)) as news:
        while True:
            news.clear()
            row, left = fetch(kernel, kind, key), until - kernel.clock.wall()
            if row.get(kind.status_member) not in kind.in_progress or left <= 0:
                return row
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await news.wait()


def describes(kind: Kind) -> None:
    """Enter the plain Describe of a kind in the table of behaviours."""

    async def describe(call: Call) -> Answer:
        return visible(call, await settled(call, kind, key_of(call, call.params[kind.name_member])))

    behaviour("sagemaker", f"Describe{kind.name}")(describe)


def lists(kind: Kind) -> None:
    """Enter the plain List of a kind in the table of behaviours."""

    async def listing(call: Call) -> Answer:
        return listed(call, kind)

    define(kind.row, partial(index_of, kind))

    behaviour("sagemaker", list_operation(kind))(listing)


def deletes(kind: Kind) -> None:
    """Enter the plain Delete of a kind in the table of behaviours."""

    async def delete(call: Call) -> Answer:
        remove(call.kernel, kind, key_of(call, call.params[kind.name_member]))
        return {}

    behaviour("sagemaker", f"Delete{kind.name}")(delete)


for _kind in TABLE:
    define(_kind.row, partial(index_of, _kind))
